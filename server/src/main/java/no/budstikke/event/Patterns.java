package no.budstikke.event;

import java.util.List;

/// The patterns of a query, as SQL's `like` wants them. Spec: events §7.5.
final class Patterns {

    private Patterns() {}

    /// Those that are not empty, each complete.
    static List<String> of(List<String> written) {
        return written.stream()
                .filter(pattern -> !pattern.isEmpty())
                .map(Patterns::complete)
                .toList();
    }

    /// A pattern must not end within an escape: a lone backslash at the end stands for itself.
    private static String complete(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 0 ? pattern : pattern + "\\";
    }
}

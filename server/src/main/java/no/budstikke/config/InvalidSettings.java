package no.budstikke.config;

import java.util.List;

/// The settings can't be used. Each problem is one line that names the key, where it was given, and what was expected;
/// the message is all of them.
public final class InvalidSettings extends RuntimeException {

    private final List<String> problems;

    InvalidSettings(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}

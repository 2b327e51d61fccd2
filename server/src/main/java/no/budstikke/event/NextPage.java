package no.budstikke.event;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import no.budstikke.http.QueryParameters;

/// The header `next`: the address of the page that follows. Spec: events §2.7, §14 Q5, Q6.
final class NextPage {

    /// What stays as it is in a value. `:` and `/` do, because clients compare the text; `&`, `#`, `%`
    /// and `+` don't, because they would mean something else.
    private static final String PLAIN = "-._~:/?@!$'()*,;=[]";

    private NextPage() {}

    /// @param subject added at the end, for the page of a query by alternative subject
    static String address(
            String baseUrl, String path, QueryParameters query, String lastScanned, Optional<String> subject) {
        var address = new StringBuilder(baseUrl).append(path).append("?after=");
        encoded(address, lastScanned);
        for (QueryParameters.Pair pair : query.pairs()) {
            if (!pair.name().equals("after")) {
                encoded(address.append('&'), pair.name());
                encoded(address.append('='), pair.value());
            }
        }
        subject.ifPresent(added -> encoded(address.append("&subject="), added));
        return address.toString();
    }

    /// A text as it may stand in an address, and hence in a header.
    static String encoded(String text) {
        var address = new StringBuilder();
        encoded(address, text);
        return address.toString();
    }

    private static void encoded(StringBuilder address, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0 && (isAlphanumeric(b) || PLAIN.indexOf(b) >= 0)) {
                address.append((char) b);
            } else {
                address.append("%%%02X".formatted(b & 0xff));
            }
        }
    }

    private static boolean isAlphanumeric(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
    }
}

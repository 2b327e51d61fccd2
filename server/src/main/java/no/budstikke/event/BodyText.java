package no.budstikke.event;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import no.budstikke.http.Request;

/// In which encoding a body comes. Spec: events §2.
final class BodyText {

    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);

    private BodyText() {}

    /// UTF-8 unless the content type says otherwise; empty for a charset that the contract does not
    /// know, and for a request without a content type, whose body nobody can read.
    static Optional<Charset> charset(Request request) {
        Optional<String> contentType = request.header("Content-Type");
        if (contentType.isEmpty()) {
            return Optional.empty();
        }
        var parameter = CHARSET.matcher(contentType.get());
        if (!parameter.find()) {
            return Optional.of(StandardCharsets.UTF_8);
        }
        return switch (parameter.group(1).toLowerCase(Locale.ROOT)) {
            case "utf-8" -> Optional.of(StandardCharsets.UTF_8);
            case "utf-16", "utf-16le" -> Optional.of(StandardCharsets.UTF_16LE);
            default -> Optional.empty();
        };
    }
}

package no.budstikke.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// The header field `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
final class RetryAfter {

    /// More digits than this are as good as for ever.
    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    /// How long to wait from `now` on; nothing negative. Empty for what is neither form.
    static Optional<Duration> parse(String field, Instant now) {
        String text = field.strip();
        if (text.matches("\\d+")) {
            return Optional.of(
                    text.length() > MOST_DIGITS
                            ? Duration.ofSeconds(Integer.MAX_VALUE)
                            : Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}

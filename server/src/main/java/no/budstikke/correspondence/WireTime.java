package no.budstikke.correspondence;

import static java.time.temporal.ChronoField.NANO_OF_SECOND;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Times as the contract writes them. Spec: correspondence §2.0.
final class WireTime {

    private static final DateTimeFormatter WRITTEN = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(NANO_OF_SECOND, 0, 7, true)
            .appendLiteral("+00:00")
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .toFormatter();

    private WireTime() {}

    /// Such as `2026-08-20T11:10:08.123456+00:00`: always UTC, trailing zeros trimmed, no fraction when
    /// it is zero.
    static String write(Instant time) {
        return WRITTEN.format(time);
    }

    /// Reads ISO 8601 to the microsecond, which is what is kept; an absent offset means UTC.
    static Optional<Instant> parse(String written) {
        try {
            var parsed = READ.parseBest(written.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            Instant time = switch (parsed) {
                case OffsetDateTime zoned -> zoned.toInstant();
                case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
                default -> LocalDate.from(parsed).atStartOfDay().toInstant(ZoneOffset.UTC);
            };
            return Optional.of(toMicros(time));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /// The database keeps microseconds: what is answered must be what is stored.
    static Instant toMicros(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }
}

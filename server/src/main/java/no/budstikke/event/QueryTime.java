package no.budstikke.event;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A bound of a query for app events: a date, or a date with a time to the minute or finer. Spec: events
/// §2.5.
///
/// @param offset empty when it was left out, which the contract refuses with a text of its own
record QueryTime(LocalDateTime local, Optional<ZoneOffset> offset) {

    private static final Pattern FORM =
            Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)(?:[Tt ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?)?"
                    + "([Zz]|[+-]\\d\\d:?\\d\\d)?");

    /// Empty for what is no date.
    static Optional<QueryTime> parse(String text) {
        Matcher written = FORM.matcher(text.strip());
        if (!written.matches() || number(written, 1) == 0) {
            return Optional.empty();
        }
        try {
            var local = LocalDateTime.of(
                    number(written, 1),
                    number(written, 2),
                    number(written, 3),
                    number(written, 4),
                    number(written, 5),
                    number(written, 6),
                    nanos(written.group(7)));
            return Optional.of(
                    new QueryTime(local, Optional.ofNullable(written.group(8)).map(QueryTime::zone)));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static int number(Matcher written, int group) {
        String digits = written.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int nanos(String digits) {
        return digits == null ? 0 : Integer.parseInt((digits + "00000000").substring(0, 9));
    }

    private static ZoneOffset zone(String written) {
        return ZoneOffset.of(written.replace('z', 'Z'));
    }

    /// The instant that it names; empty when it names none.
    Optional<OffsetDateTime> at() {
        return offset.map(local::atOffset);
    }
}

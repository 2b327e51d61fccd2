package no.budstikke.event;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The attribute `time`: an RFC 3339 timestamp in the contract's reading. Spec: events §3.1, §3.2.
///
/// @param at to a ten-millionth of a second, with the publisher's offset
record EventTime(OffsetDateTime at) {

    private static final int NANOS_PER_TICK = 100;
    private static final int LARGEST_OFFSET_HOURS = 14;

    /// Reads `yyyy-MM-ddTHH:mm:ss[.digits](Z|±hh:mm)`; digits beyond the seventh are cut off.
    static Optional<EventTime> parse(String text) {
        int length = text.length();
        if (length < "yyyy-MM-ddTHH:mm:ssZ".length()
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return Optional.empty();
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        int end = endOfFraction(text);
        ZoneOffset offset = offset(text, end);
        if (offset == null || end == 20 || year < 1 || (month | day | hour | minute | second) < 0) {
            return Optional.empty();
        }
        try {
            var local = LocalDateTime.of(year, month, day, hour, minute, second, nanos(text, end));
            var time = new EventTime(local.atOffset(offset));
            int yearInUtc = time.inUtc().at().getYear();
            return yearInUtc < 1 || yearInUtc > 9999 ? Optional.empty() : Optional.of(time);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /// The number between two places, or −1.
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    /// 19 without a fraction; 20 for a point without digits, which is an error.
    private static int endOfFraction(String text) {
        if (text.charAt(19) != '.') {
            return 19;
        }
        int end = 20;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static int nanos(String text, int end) {
        int ticks = 0;
        for (int i = 20; i < 27; i++) {
            ticks = 10 * ticks + (i < end ? text.charAt(i) - '0' : 0);
        }
        return ticks * NANOS_PER_TICK;
    }

    private static @Nullable ZoneOffset offset(String text, int from) {
        int length = text.length() - from;
        if (length == 1 && text.charAt(from) == 'Z') {
            return ZoneOffset.UTC;
        }
        if (length != "+hh:mm".length() || text.charAt(from + 3) != ':') {
            return null;
        }
        int sign = text.charAt(from) == '+' ? 1 : text.charAt(from) == '-' ? -1 : 0;
        int hours = digits(text, from + 1, from + 3);
        int minutes = digits(text, from + 4, from + 6);
        boolean outside = hours < 0 || minutes < 0 || minutes > 59 || 60 * hours + minutes > 60 * LARGEST_OFFSET_HOURS;
        return sign == 0 || outside ? null : ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
    }

    EventTime inUtc() {
        return new EventTime(at.withOffsetSameInstant(ZoneOffset.UTC));
    }

    /// With 0, 3, 6 or 7 decimals, as many as are needed, and `Z` for the offset zero.
    String text() {
        var text = new StringBuilder("yyyy-MM-ddTHH:mm:ss.1234567+hh:mm".length());
        padded(text, at.getYear(), 4).append('-');
        padded(text, at.getMonthValue(), 2).append('-');
        padded(text, at.getDayOfMonth(), 2).append('T');
        padded(text, at.getHour(), 2).append(':');
        padded(text, at.getMinute(), 2).append(':');
        padded(text, at.getSecond(), 2);
        int ticks = at.getNano() / NANOS_PER_TICK;
        if (ticks % 10 != 0) {
            padded(text.append('.'), ticks, 7);
        } else if (ticks % 10_000 != 0) {
            padded(text.append('.'), ticks / 10, 6);
        } else if (ticks != 0) {
            padded(text.append('.'), ticks / 10_000, 3);
        }
        return text.append(at.getOffset().getId()).toString();
    }

    private static StringBuilder padded(StringBuilder text, int number, int width) {
        String digits = Integer.toString(number);
        return text.repeat('0', width - digits.length()).append(digits);
    }
}

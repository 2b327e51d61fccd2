package no.budstikke.observe;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// A place in a distributed trace, as it travels between services: W3C Trace Context level 1, version
/// 00.
///
/// @param text `00-{trace id, 32 hex}-{parent id, 16 hex}-{flags, 2 hex}`, in lower case
public record Traceparent(String text) {

    private static final int LENGTH = 55;

    public Traceparent {
        if (!isValid(text) || !text.startsWith("00-") || text.length() != LENGTH) {
            throw new IllegalArgumentException("not a traceparent: " + text);
        }
    }

    /// Reads a header; empty for what the standard calls invalid, which is to be treated as absent. A
    /// later version is read as far as 00 goes.
    public static Optional<Traceparent> parse(String header) {
        return isValid(header) ? Optional.of(new Traceparent("00" + header.substring(2, LENGTH))) : Optional.empty();
    }

    /// The beginning of a trace of its own, marked as sampled.
    static Traceparent random() {
        var random = ThreadLocalRandom.current();
        return new Traceparent(
                "00-" + hex(random.nextLong()) + hex(notZero(random)) + '-' + hex(notZero(random)) + "-01");
    }

    /// Another place in the same trace: who gets this is a child of it.
    public Traceparent next() {
        return new Traceparent(text.substring(0, 36) + hex(notZero(ThreadLocalRandom.current())) + text.substring(52));
    }

    /// 32 hex digits.
    public String traceId() {
        return text.substring(3, 35);
    }

    /// 16 hex digits.
    public String parentId() {
        return text.substring(36, 52);
    }

    /// Whether the caller may have recorded it; a hint to record it too.
    public boolean isSampled() {
        return (Character.digit(text.charAt(54), 16) & 1) == 1;
    }

    private static boolean isValid(String text) {
        return text.length() >= LENGTH
                && isHex(text, 0, 2)
                && !text.startsWith("ff")
                && text.charAt(2) == '-'
                && isId(text, 3, 35)
                && text.charAt(35) == '-'
                && isId(text, 36, 52)
                && text.charAt(52) == '-'
                && isHex(text, 53, LENGTH)
                && (text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-'));
    }

    /// All zeros is no id.
    private static boolean isId(String text, int from, int to) {
        boolean zero = true;
        for (int i = from; i < to; i++) {
            zero &= text.charAt(i) == '0';
        }
        return !zero && isHex(text, from, to);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long notZero(ThreadLocalRandom random) {
        long drawn = random.nextLong();
        return drawn == 0 ? 1 : drawn;
    }

    private static String hex(long number) {
        return java.util.HexFormat.of().toHexDigits(number);
    }

    @Override
    public String toString() {
        return text;
    }
}

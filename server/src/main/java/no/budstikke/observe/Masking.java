package no.budstikke.observe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes out of a text what a log must not hold: national identity numbers, tokens, passwords and
/// webhook secrets. The last line of defence; whoever writes a log line keeps them out in the first
/// place.
final class Masking {

    private static final String MASK = "***";

    /// With or without the usual gap before the last five.
    private static final Pattern ELEVEN_DIGITS = Pattern.compile("(?<!\\d)(\\d{6})[ \\u00a0]?(\\d{5})(?!\\d)");

    private static final Pattern TOKEN = Pattern.compile(
            "eyJ[A-Za-z0-9_-]{5,}(?:\\.[A-Za-z0-9_-]*){1,4}|whsec_[A-Za-z0-9+/=_-]+|whsk_[A-Za-z0-9+/=_-]+");

    private static final Pattern BEARER = Pattern.compile("(?i)\\b(Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]{8,}");

    private static final Pattern PASSWORD =
            Pattern.compile("(?i)\\b(password|passwd|pwd|client_secret|client_assertion|access_token)(\"?\\s*[=:]\\s*)"
                    + "(\"[^\"]*\"|[^\\s&,;\"]+)");

    private static final int[] WEIGHTS = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};

    private Masking() {}

    /// The same text without them.
    static String masked(String text) {
        String clean = text;
        if (clean.contains("eyJ") || clean.contains("whs")) {
            clean = TOKEN.matcher(clean).replaceAll(MASK);
        }
        clean = BEARER.matcher(clean).replaceAll("$1 " + MASK);
        clean = PASSWORD.matcher(clean).replaceAll("$1$2" + MASK);
        return ELEVEN_DIGITS.matcher(clean).replaceAll(Masking::numberOrMask);
    }

    private static String numberOrMask(java.util.regex.MatchResult found) {
        return Matcher.quoteReplacement(
                isIdentityNumber(found.group(1) + found.group(2)) ? "***********" : found.group());
    }

    /// Whether the last control digit is right. It is the one that all kinds have: birth numbers,
    /// D-numbers, synthetic ones, and those that are given out from 2032 on, whose first control digit
    /// is free. One in eleven other numbers of that length is masked for nothing.
    static boolean isIdentityNumber(String digits) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += WEIGHTS[i] * (digits.charAt(i) - '0');
        }
        return sum % 11 == 0;
    }
}

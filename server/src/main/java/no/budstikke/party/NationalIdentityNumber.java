package no.budstikke.party;

import java.util.Optional;
import java.util.regex.Pattern;

/// A national identity number, D-number or synthetic number: eleven digits whose two control digits are
/// right. Its
/// text
/// never goes into a log.
/// Spec: correspondence §1.1, authorization §11.3.
public record NationalIdentityNumber(String digits) implements PartyIdentifier {

    private static final Pattern WRITTEN = Pattern.compile("(?:urn:altinn:person:identifier-no:)?(\\d{11})");
    private static final int[] FIRST = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    private static final int[] SECOND = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};

    public NationalIdentityNumber {
        if (!isValid(digits)) {
            throw new IllegalArgumentException("not a national identity number");
        }
    }

    /// Reads the URN or eleven bare digits; empty when the form or a control digit is wrong.
    public static Optional<NationalIdentityNumber> parse(String written) {
        var match = WRITTEN.matcher(written);
        return match.matches() && isValid(match.group(1))
                ? Optional.of(new NationalIdentityNumber(match.group(1)))
                : Optional.empty();
    }

    private static boolean isValid(String digits) {
        return digits.length() == 11
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && control(digits, FIRST) == digits.charAt(9) - '0'
                && control(digits, SECOND) == digits.charAt(10) - '0';
    }

    private static int control(String digits, int[] weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (digits.charAt(i) - '0');
        }
        return (11 - sum % 11) % 11;
    }

    @Override
    public String urn() {
        return "urn:altinn:person:identifier-no:" + digits;
    }

    @Override
    public String path() {
        return "/person/" + digits;
    }

    @Override
    public String toString() {
        return "NationalIdentityNumber[hidden]";
    }
}

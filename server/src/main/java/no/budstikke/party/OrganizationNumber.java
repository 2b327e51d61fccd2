package no.budstikke.party;

import java.util.Optional;
import java.util.regex.Pattern;

/// A Norwegian organisation number. The contract asks for nine digits and no check digit. Spec:
/// correspondence §1.1.
public record OrganizationNumber(String digits) implements PartyIdentifier {

    private static final Pattern WRITTEN = Pattern.compile("(?:urn:altinn:organization:identifier-no|0192):(\\d{9})");
    private static final Pattern NINE_DIGITS = Pattern.compile("\\d{9}");

    public OrganizationNumber {
        if (!NINE_DIGITS.matcher(digits).matches()) {
            throw new IllegalArgumentException("not nine digits: " + digits);
        }
    }

    /// Reads the two spellings that callers may use; bare digits are not one of them.
    public static Optional<OrganizationNumber> parse(String written) {
        var match = WRITTEN.matcher(written);
        return match.matches() ? Optional.of(new OrganizationNumber(match.group(1))) : Optional.empty();
    }

    /// Reads nine bare digits.
    public static Optional<OrganizationNumber> ofDigits(String digits) {
        return NINE_DIGITS.matcher(digits).matches() ? Optional.of(new OrganizationNumber(digits)) : Optional.empty();
    }

    @Override
    public String urn() {
        return "urn:altinn:organization:identifier-no:" + digits;
    }

    @Override
    public String path() {
        return "/organisation/" + digits;
    }
}

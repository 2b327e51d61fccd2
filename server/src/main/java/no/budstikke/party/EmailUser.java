package no.budstikke.party;

import java.util.Locale;
import java.util.Optional;

/// A person who logs in to ID-porten with an e-mail address, kept in lower case. Spec: correspondence
/// §1.1.
public record EmailUser(String address) implements PartyIdentifier {

    private static final String PREFIX = "urn:altinn:person:idporten-email:";

    public EmailUser {
        if (!isValid(address)) {
            throw new IllegalArgumentException("not an e-mail address of one user");
        }
        address = address.toLowerCase(Locale.ROOT);
    }

    /// Reads the URN, the only spelling that callers may use.
    public static Optional<EmailUser> parse(String written) {
        return written.startsWith(PREFIX) && isValid(written.substring(PREFIX.length()))
                ? Optional.of(new EmailUser(written.substring(PREFIX.length())))
                : Optional.empty();
    }

    private static boolean isValid(String address) {
        int at = address.indexOf('@');
        return at > 0
                && at < address.length() - 1
                && address.indexOf('@', at + 1) < 0
                && address.indexOf(':') < 0
                && !address.substring(0, at).isBlank()
                && !address.substring(at + 1).isBlank();
    }

    @Override
    public String urn() {
        return PREFIX + address;
    }

    @Override
    public String path() {
        return urn();
    }
}

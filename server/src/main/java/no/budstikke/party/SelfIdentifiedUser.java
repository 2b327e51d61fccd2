package no.budstikke.party;

import java.util.Locale;
import java.util.Optional;

/// A user from before ID-porten, known by a user name alone, kept in lower case. Spec: correspondence
/// §1.1.
public record SelfIdentifiedUser(String userName) implements PartyIdentifier {

    private static final String PREFIX = "urn:altinn:person:legacy-selfidentified:";

    public SelfIdentifiedUser {
        if (!isValid(userName)) {
            throw new IllegalArgumentException("not a user name: " + userName);
        }
        userName = userName.toLowerCase(Locale.ROOT);
    }

    /// Reads the URN, the only spelling that callers may use.
    public static Optional<SelfIdentifiedUser> parse(String written) {
        return written.startsWith(PREFIX) && isValid(written.substring(PREFIX.length()))
                ? Optional.of(new SelfIdentifiedUser(written.substring(PREFIX.length())))
                : Optional.empty();
    }

    private static boolean isValid(String userName) {
        return !userName.isBlank() && userName.indexOf(':') < 0;
    }

    @Override
    public String urn() {
        return PREFIX + userName;
    }

    @Override
    public String path() {
        return urn();
    }
}

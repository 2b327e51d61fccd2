package no.budstikke.access;

import java.util.Optional;

/// The spelling of subjects and consumers with slashes. Spec: events §3.7, §4.6.
final class Paths {

    private Paths() {}

    /// `/party/50015641` → `urn:altinn:partyid` = `50015641`; empty for anything that is not of the five
    /// forms.
    static Optional<Attribute> attribute(String path) {
        int slash = path.indexOf('/', 1);
        if (!path.startsWith("/") || slash < 0 || slash == path.length() - 1) {
            return Optional.empty();
        }
        String value = path.substring(slash + 1);
        return switch (path.substring(1, slash)) {
            case "party" -> Optional.of(new Attribute(Names.PARTY_ID, value));
            case "user" -> Optional.of(new Attribute(Names.USER_ID, value));
            case "org" -> Optional.of(new Attribute(Names.ORG, value));
            case "organisation" -> Optional.of(new Attribute(Names.ORGANIZATION, value));
            case "systemuser" -> Optional.of(new Attribute(Names.SYSTEM_USER, value));
            default -> Optional.empty();
        };
    }
}

package no.budstikke.subscription;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import no.budstikke.identity.Caller;
import no.budstikke.party.OrganizationNumber;

/// Callers as a verified token would make them.
final class Callers {

    private static final Set<String> SUBSCRIBE = Set.of("altinn:events.subscribe");

    private Callers() {}

    /// `ttd` with exactly these scopes.
    static Caller serviceOwner(String... scopes) {
        return caller(
                Set.of(scopes),
                Optional.of("ttd"),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(new OrganizationNumber("991825827")));
    }

    static Caller organizationWithoutScope(String number) {
        return caller(
                Set.of(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(new OrganizationNumber(number)));
    }

    static Caller organization(String number) {
        return caller(
                Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.of(new OrganizationNumber(number)));
    }

    static Caller nobody() {
        return caller(Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    static Caller caller(
            Optional<String> org,
            OptionalInt userId,
            Optional<Caller.SystemUser> systemUser,
            Optional<OrganizationNumber> organizationNumber) {
        return caller(SUBSCRIBE, org, userId, systemUser, organizationNumber);
    }

    private static Caller caller(
            Set<String> scopes,
            Optional<String> org,
            OptionalInt userId,
            Optional<Caller.SystemUser> systemUser,
            Optional<OrganizationNumber> organizationNumber) {
        return new Caller(
                "https://issuer.example/",
                scopes,
                org,
                organizationNumber,
                Optional.empty(),
                systemUser,
                Optional.empty(),
                userId,
                OptionalInt.empty(),
                Optional.empty(),
                3,
                Map.of(),
                Optional.empty());
    }
}

package no.budstikke.identity;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import no.budstikke.identity.TrustedIssuer.Kind;

/// The first gate of Correspondence: which scopes a caller needs to come in as sender or as recipient.
/// What he
/// may do inside is decided by the resource's policy. The reference asks whether the issuer's address
/// contains
/// a word; here it is exactly one of the trusted issuers. Spec: correspondence §9.2.
public sealed interface ScopePolicy {

    boolean admits(Caller caller);

    static ScopePolicy sender(Collection<TrustedIssuer> issuers) {
        return new Sender(named(issuers, Kind.ALTINN), named(issuers, Kind.MASKINPORTEN));
    }

    static ScopePolicy recipient(Collection<TrustedIssuer> issuers) {
        return new Recipient(named(issuers, Kind.ALTINN));
    }

    static ScopePolicy senderOrRecipient(Collection<TrustedIssuer> issuers) {
        return new SenderOrRecipient(sender(issuers), recipient(issuers), named(issuers, Kind.MASKINPORTEN));
    }

    private static Set<String> named(Collection<TrustedIssuer> issuers, Kind kind) {
        return issuers.stream()
                .filter(issuer -> issuer.kind() == kind)
                .map(TrustedIssuer::issuer)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Altinn's token with the scope for writing; Maskinporten's only that of a service owner.
    record Sender(Set<String> altinn, Set<String> maskinporten) implements ScopePolicy {

        @Override
        public boolean admits(Caller caller) {
            return caller.hasScope(Scopes.CORRESPONDENCE_WRITE)
                    && (altinn.contains(caller.issuer())
                            || (maskinporten.contains(caller.issuer()) && caller.hasScope(Scopes.SERVICE_OWNER)));
        }
    }

    /// Altinn's token with the scope for reading.
    record Recipient(Set<String> altinn) implements ScopePolicy {

        @Override
        public boolean admits(Caller caller) {
            return altinn.contains(caller.issuer()) && caller.hasScope(Scopes.CORRESPONDENCE_READ);
        }
    }

    /// Either, or Maskinporten's token with the scope for reading.
    record SenderOrRecipient(ScopePolicy sender, ScopePolicy recipient, Set<String> maskinporten)
            implements ScopePolicy {

        @Override
        public boolean admits(Caller caller) {
            return sender.admits(caller)
                    || recipient.admits(caller)
                    || (maskinporten.contains(caller.issuer()) && caller.hasScope(Scopes.CORRESPONDENCE_READ));
        }
    }
}

package no.budstikke.credential;

import java.util.Optional;

/// What is held for one subscription.
///
/// @param secrets empty: the owner was never shown one
record Held(Optional<SigningSecrets> secrets, Optional<EndpointCredentials> credentials) {

    static final Held NOTHING = new Held(Optional.empty(), Optional.empty());
}

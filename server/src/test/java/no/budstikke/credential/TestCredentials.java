package no.budstikke.credential;

import java.util.List;
import java.util.Optional;
import no.budstikke.http.Json;

/// Credentials that nobody has sent.
public final class TestCredentials {

    private TestCredentials() {}

    public static EndpointCredentials with(TokenGrant grant) {
        return new EndpointCredentials(Json.SPARSE.createObjectNode(), List.of(), Optional.empty(), Optional.of(grant));
    }
}

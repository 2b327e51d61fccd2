package no.budstikke.credential;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import no.budstikke.http.Json;
import org.jspecify.annotations.Nullable;

/// Writes what is held for a subscription into its row, and reads it: JSON, sealed in the vault.
final class SealedCredentials {

    private final Vault vault;

    SealedCredentials(Vault vault) {
        this.vault = vault;
    }

    /// @throws Vault.SealBroken when it was sealed with another key
    Held open(CredentialStore.Row row) {
        return new Held(
                opened(secretsOf(row.subscription()), row.secrets()).map(SealedCredentials::secrets),
                opened(credentialsOf(row.subscription()), row.credentials()).map(SealedCredentials::credentials));
    }

    CredentialStore.Row seal(int subscription, Held held) {
        return new CredentialStore.Row(
                subscription,
                held.secrets()
                        .map(secrets -> vault.seal(secretsOf(subscription), written(json(secrets))))
                        .orElse(null),
                held.credentials()
                        .map(credentials -> vault.seal(credentialsOf(subscription), written(credentials.source())))
                        .orElse(null));
    }

    private Optional<JsonNode> opened(String purpose, byte @Nullable [] sealed) {
        if (sealed == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.SPARSE.readTree(vault.open(purpose, sealed)));
        } catch (IOException e) {
            throw new IllegalStateException("we sealed no JSON as " + purpose, e);
        }
    }

    private static SigningSecrets secrets(JsonNode json) {
        var secrets = new ArrayList<SigningSecret>();
        for (JsonNode each : json) {
            secrets.add(new SigningSecret(
                    new SecretKeySpec(
                            Base64.getDecoder().decode(each.path("key").asText()), "HmacSHA256"),
                    Instant.parse(each.path("created").asText()),
                    Optional.ofNullable(each.path("ends").textValue()).map(Instant::parse)));
        }
        return new SigningSecrets(secrets);
    }

    private static ArrayNode json(SigningSecrets secrets) {
        ArrayNode all = Json.SPARSE.createArrayNode();
        for (SigningSecret secret : secrets.newestFirst()) {
            ObjectNode each = all.addObject();
            each.put("key", Base64.getEncoder().encodeToString(secret.key().getEncoded()));
            each.put("created", secret.created().toString());
            secret.ends().ifPresent(end -> each.put("ends", end.toString()));
        }
        return all;
    }

    private static EndpointCredentials credentials(JsonNode json) {
        return switch (CredentialsReader.read(json)) {
            case CredentialsReader.Reading.Understood(EndpointCredentials credentials) -> credentials;
            case CredentialsReader.Reading.Unusable(String member, String reason) ->
                throw new IllegalStateException("credentials that were taken are none: " + member + ": " + reason);
        };
    }

    private static byte[] written(JsonNode json) {
        try {
            return Json.SPARSE.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write a tree as JSON", e);
        }
    }

    private static String secretsOf(int subscription) {
        return "the signing secrets of subscription " + subscription;
    }

    private static String credentialsOf(int subscription) {
        return "the credentials of subscription " + subscription;
    }
}

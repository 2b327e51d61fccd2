package no.budstikke.correspondence;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import no.budstikke.http.Json;
import no.budstikke.party.OrganizationNumber;

/// Requests to send, for tests.
final class Requests {

    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    static final OrganizationNumber RECIPIENT = new OrganizationNumber("123456789");
    static final OrganizationNumber OWNER = new OrganizationNumber("991825827");

    private static final String SOUND = """
            {
              "correspondence": {
                "resourceId": "letters",
                "sendersReference": "ref-1",
                "content": {
                  "language": "nb",
                  "messageTitle": "Innkalling",
                  "messageSummary": "Til møte",
                  "messageBody": "# Møte\\n\\nTorsdag."
                },
                "requestedPublishTime": "2026-03-01T09:00:00Z"
              },
              "recipients": ["urn:altinn:organization:identifier-no:123456789"]
            }
            """;

    private Requests() {}

    /// A sound request's body, changed.
    static byte[] body(Consumer<ObjectNode> change) {
        try {
            var root = (ObjectNode) Json.FULL.readTree(SOUND);
            change.accept(root);
            return root.toString().getBytes(UTF_8);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ObjectNode correspondence(JsonNode root) {
        return (ObjectNode) root.get("correspondence");
    }

    static ObjectNode content(JsonNode root) {
        return (ObjectNode) correspondence(root).get("content");
    }

    /// A sound request, changed in its JSON.
    static InitializeRequest request(Consumer<ObjectNode> change) {
        return switch (InitializeRequestReader.read(body(change), NOW)) {
            case InitializeRequestReader.Read.Sound(InitializeRequest request) -> request;
            case InitializeRequestReader.Read.Unsound(ModelErrors errors) ->
                throw new AssertionError(errors.byPath().toString());
        };
    }

    /// What is wrong with the changed request.
    static Map<String, List<String>> errors(Consumer<ObjectNode> change) {
        return errors(body(change));
    }

    static Map<String, List<String>> errors(byte[] body) {
        return switch (InitializeRequestReader.read(body, NOW)) {
            case InitializeRequestReader.Read.Sound _ -> Map.of();
            case InitializeRequestReader.Read.Unsound(ModelErrors errors) -> errors.byPath();
        };
    }

    static Letter letter() {
        return request(_ -> {}).letter();
    }
}

package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventRequestTest {

    private final EventRequest events =
            EventRequest.to(URI.create("http://127.0.0.1:8080/events/api/v1/events"), Optional.of("secret"));

    @Test
    void the_body_is_an_event_with_its_own_id_instance_and_time() throws IOException {
        JsonNode event = new ObjectMapper().readTree(events.body(42, 1_900_000_000_000_001L));

        assertThat(UUID.fromString(event.path("id").asText())).hasToString(events.run() + "000000000042");
        assertThat(event.path("resourceinstance").asText())
                .endsWith("-000000000042")
                .isNotEqualTo(event.path("id").asText());
        assertThat(event.path("data").path("sent").asText()).isEqualTo("1900000000000001");
        assertThat(events.body(42, 0)).hasSizeBetween(480, 520);
    }

    @Test
    void the_request_is_whole() {
        String request = new String(events.numbered(1, 2), ISO_8859_1);

        assertThat(request)
                .startsWith("POST /events/api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
                .contains("Authorization: Bearer secret\r\n", "Content-Type: application/cloudevents+json\r\n")
                .contains("Content-Length: " + events.body(1, 2).length + "\r\n\r\n{");
    }
}

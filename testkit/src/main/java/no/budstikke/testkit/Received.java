package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that a [Webhook] got.
public final class Received {

    static final String VALIDATION_TYPE = "platform.events.validatesubscription";

    private final int connection;
    private final Instant at = Instant.now();
    private final long nanoTime = System.nanoTime();
    private final RequestHead head;
    private final byte[] body;
    private volatile @Nullable JsonNode json;

    Received(int connection, RequestHead head, byte[] body) {
        this.connection = connection;
        this.head = head;
        this.body = body;
    }

    /// The number of the connection it came on; 1 is the first that the webhook got.
    public int connection() {
        return connection;
    }

    /// When it had been read to its end.
    public Instant at() {
        return at;
    }

    /// The same moment on the clock for durations, [System#nanoTime()].
    public long nanoTime() {
        return nanoTime;
    }

    public String method() {
        return head.method();
    }

    /// Path and query as they were sent.
    public String target() {
        return head.target();
    }

    public String path() {
        int query = target().indexOf('?');
        return query < 0 ? target() : target().substring(0, query);
    }

    /// All header fields; their names are found in any spelling.
    public Map<String, List<String>> headers() {
        return head.headers();
    }

    /// The first header field of this name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers().get(name)).map(List::getFirst);
    }

    public byte[] body() {
        return body.clone();
    }

    public String text() {
        return new String(body, UTF_8);
    }

    /// The body as JSON; an [AssertionError] that shows the body when it is none.
    public JsonNode json() {
        JsonNode known = json;
        if (known == null) {
            known = Json.read(text());
            json = known;
        }
        return known;
    }

    /// Whether this is the event that proves that an endpoint answers. Spec: events §4.8.
    public boolean isValidation() {
        return body.length > 0 && json().path("type").asText().equals(VALIDATION_TYPE);
    }

    /// The body itself: for reading only.
    byte[] bytes() {
        return body;
    }

    boolean isEmpty() {
        return body.length == 0;
    }

    @Override
    public String toString() {
        return method() + " " + target() + " " + text();
    }
}

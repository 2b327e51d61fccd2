package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// A reader of Server-Sent Events: gathers what comes, until it is closed or the server ends the stream.
public final class EventStream implements AutoCloseable {

    /// One event of the stream; its parts are empty where they were not sent.
    public record Sent(String id, String data) {}

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final InputStream body;
    private final List<Sent> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    EventStream(InputStream body) {
        this.body = body;
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
            var id = "";
            var data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        events.add(new Sent(id, data.toString()));
                    }
                    id = "";
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    comments.add(line.substring(1).strip());
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
        } catch (IOException _) {
            // The stream was closed, by one side or the other.
        } finally {
            ended.countDown();
        }
    }

    /// What has come so far.
    public List<Sent> events() {
        return List.copyOf(events);
    }

    public List<String> ids() {
        return events.stream().map(Sent::id).toList();
    }

    public List<String> comments() {
        return List.copyOf(comments);
    }

    /// Waits until what has come satisfies `condition`.
    public EventStream await(Predicate<EventStream> condition) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .failFast(() -> ended.getCount() == 0 && !condition.test(this))
                .until(() -> condition.test(this));
        return this;
    }

    /// Waits until so many events have come.
    public EventStream awaitEvents(int count) {
        return await(stream -> stream.events.size() >= count);
    }

    /// Waits until the server has ended the stream.
    public EventStream awaitEnd() {
        try {
            if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("The stream has not ended; it has sent " + events);
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the end of a stream", e);
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException _) {
            // It is gone, which is what was wanted.
        }
    }
}

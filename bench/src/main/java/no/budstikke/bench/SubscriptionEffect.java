package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import org.HdrHistogram.ConcurrentHistogram;

/// A thousand times: from the answer to `POST /subscriptions` to the first event that is delivered, and
/// from the answer to `DELETE` to the last one. Events that match are published all the time.
final class SubscriptionEffect {

    private static final int TIMES = 1_000;
    private static final int AT_ONCE = 8;
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(20);
    private static final int EVENTS_AFTER_DELETION = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LONGEST_MICROS = 60_000_000;
    private static final Pattern EVENT = Pattern.compile("\"type\":\"(bench\\.effect\\.\\d+)\".*\"sent\":\"(\\d+)\"");

    private final Api api;
    private final String endPoint;
    private final Map<String, Times> byType;
    private final ConcurrentHistogram begins = new ConcurrentHistogram(LONGEST_MICROS, 3);
    private final ConcurrentHistogram ends = new ConcurrentHistogram(LONGEST_MICROS, 3);

    /// When the earliest and the latest of the delivered events were published, by the shared clock.
    private record Times(long earliest, long latest) {

        Times with(Times other) {
            return new Times(Math.min(earliest, other.earliest), Math.max(latest, other.latest));
        }
    }

    private SubscriptionEffect(Api api, String endPoint, Map<String, Times> byType) {
        this.api = api;
        this.endPoint = endPoint;
        this.byType = byType;
    }

    static void measure(Figures figures) {
        var byType = new ConcurrentHashMap<String, Times>();
        try (var server = Server.start();
                var door = new ServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> accept(door, byType));
            String endPoint = "http://127.0.0.1:" + door.getLocalPort() + "/";
            var effect = new SubscriptionEffect(server.api(), endPoint, byType);
            effect.repeat();
            figures.add(new Table(
                            "effect",
                            "A subscription made and deleted %,d times".formatted(TIMES),
                            "from the answer to",
                            "p50 ms",
                            "p99 ms",
                            "largest ms")
                    .row(
                            "POST: to the first event that is delivered, validation of the endpoint included",
                            EndToEnd.millis(effect.begins, 50),
                            EndToEnd.millis(effect.begins, 99),
                            EndToEnd.millis(effect.begins, 100))
                    .row(
                            "DELETE: to the last event that is delivered",
                            EndToEnd.millis(effect.ends, 50),
                            EndToEnd.millis(effect.ends, 99),
                            EndToEnd.millis(effect.ends, 100))
                    .note("%d at once; an event every %d ms each; times are those of publishing."
                            .formatted(AT_ONCE, BETWEEN_EVENTS.toMillis())));
        } catch (IOException e) {
            throw new UncheckedIOException("No webhook could be opened", e);
        }
    }

    private void repeat() {
        try (var threads =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < TIMES; i++) {
                String type = "bench.effect." + i;
                all.add(threads.submit(() -> once(type)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A subscription failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private void once(String type) {
        int id = api.subscribe(Subscription.to(endPoint + type)
                        .resourceFilter(Parties.resourceUrn(1))
                        .typeFilter(type))
                .json()
                .path("id")
                .asInt();
        long created = Clock.micros();
        for (long waited = 0; !byType.containsKey(type); waited = Clock.micros() - created) {
            if (waited > PATIENCE.toNanos() / 1_000) {
                throw new IllegalStateException("Nothing came for " + type);
            }
            publish(type);
            Clock.sleep(BETWEEN_EVENTS);
        }
        begins.recordValue(Math.max(0, byType.get(type).earliest() - created));
        api.delete(Api.EVENTS + "/subscriptions/" + id);
        long deleted = Clock.micros();
        for (int i = 0; i < EVENTS_AFTER_DELETION; i++) {
            publish(type);
            Clock.sleep(BETWEEN_EVENTS);
        }
        ends.recordValue(Math.max(0, byType.get(type).latest() - deleted));
    }

    private void publish(String type) {
        var event = CloudEvents.event()
                .resource(Parties.resourceUrn(1))
                .type(type)
                .with("data", Map.of("sent", Long.toString(Clock.micros())));
        if (api.publish(event).status() != 200) {
            throw new IllegalStateException("An event was refused");
        }
    }

    private static void accept(ServerSocket door, Map<String, Times> byType) {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread.ofVirtual().start(() -> serve(socket, byType));
            } catch (IOException _) {
                // The door was closed, or a caller left before it came to us.
            }
        }
    }

    private static void serve(Socket socket, Map<String, Times> byType) {
        try (socket) {
            var requests = new Messages(socket.getInputStream());
            while (requests.next()) {
                Matcher event = EVENT.matcher(requests.body());
                if (event.find()) {
                    long sent = Long.parseLong(event.group(2));
                    byType.merge(event.group(1), new Times(sent, sent), Times::with);
                }
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
            }
        } catch (IOException _) {
            // The server hung up.
        }
    }
}

package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What a dead endpoint gets while events for it keep coming, and what it gets when it is back. The
/// server's schedule has an hour between two attempts, so whatever comes sooner came without it. Design
/// §4.3.
class DeadEndpointTest {

    private static final String RESOURCE = Parties.resourceUrn(3);
    private static final Duration OUTAGE = Duration.ofSeconds(9);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /// Ten failures in a row, and the eight that a new endpoint gets at once.
    private static final int UNTIL_IT_IS_KNOWN_TO_BE_DEAD = 18;

    private static final int MOST_IN_A_SECOND = 3;

    private final String type = CloudEvents.randomType();

    @Test
    void a_dead_endpoint_gets_three_requests_a_second_at_the_most_and_everything_when_it_is_back() throws Exception {
        try (Budstikke server = Budstikke.builder()
                        .setting("delivery.retrySchedule", "1h, 1h, 1h")
                        .start();
                Webhook answers503 = Webhook.start();
                Webhook asksToWait = Webhook.start()) {
            establish(server, answers503);
            establish(server, asksToWait);
            int port = establishAndLeave(server);
            answers503.answer(503);
            asksToWait.answer(Answer.retryAfter(1));
            List<String> ids;
            try (var door = new SlammedDoor(port)) {
                ids = publishThroughout(OUTAGE, server);
                assertSparing("answers 503", times(answers503));
                assertSparing("asks to wait for a second", times(asksToWait));
                assertSparing("closes every connection", List.copyOf(door.times));
            }

            answers503.answer(200);
            asksToWait.answer(200);
            try (Webhook back = Webhook.start(port)) {
                awaitAll("answers 503", ids, answers503::events);
                awaitAll("asks to wait for a second", ids, asksToWait::events);
                awaitAll("closes every connection", ids, back::events);
            }
        }
    }

    private void establish(Budstikke server, Webhook webhook) {
        server.as(server.tokens().serviceOwner())
                .establish(Subscription.to(webhook.url("/hook"))
                        .resourceFilter(RESOURCE)
                        .typeFilter(type));
        webhook.clear();
    }

    /// @return the port where nobody listens any more
    private int establishAndLeave(Budstikke server) {
        try (Webhook webhook = Webhook.start()) {
            establish(server, webhook);
            return webhook.port();
        }
    }

    private List<String> publishThroughout(Duration time, Budstikke server) {
        var ids = new ArrayList<String>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            CloudEvents event = CloudEvents.event().type(type).resource(RESOURCE);
            server.as(server.tokens().publisher()).publish(event).expect(200);
            ids.add(event.id());
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return ids;
    }

    private static List<Long> times(Webhook webhook) {
        return webhook.requests().stream().map(Received::nanoTime).sorted().toList();
    }

    /// @param arrivals in nanoseconds, in order
    private static void assertSparing(String name, List<Long> arrivals) {
        assertThat(arrivals).as(name).isNotEmpty();
        long dead = arrivals.getFirst() + SECOND.toNanos();
        List<Long> before = arrivals.stream().filter(time -> time - dead < 0).toList();
        List<Long> after = arrivals.stream().filter(time -> time - dead >= 0).toList();
        assertThat(before)
                .as("%s: until it is known to be dead", name)
                .hasSizeLessThanOrEqualTo(UNTIL_IT_IS_KNOWN_TO_BE_DEAD);
        for (int i = 0; i + MOST_IN_A_SECOND < after.size(); i++) {
            assertThat(Duration.ofNanos(after.get(i + MOST_IN_A_SECOND) - after.get(i)))
                    .as("%s: time for %d requests, from number %d on", name, MOST_IN_A_SECOND + 1, i)
                    .isGreaterThanOrEqualTo(SECOND);
        }
        assertThat(after).as("%s: it is tried now and then", name).isNotEmpty();
    }

    private static void awaitAll(String name, List<String> ids, Supplier<List<JsonNode>> events) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(events.get())
                        .as(name)
                        .extracting(event -> event.path("id").asText())
                        .containsAll(ids));
    }

    /// Counts whoever comes, and closes at once.
    private static final class SlammedDoor implements AutoCloseable {

        private final ServerSocket door;
        private final Queue<Long> times = new ConcurrentLinkedQueue<>();
        private final Thread slamming;

        SlammedDoor(int port) throws IOException {
            door = new ServerSocket(port, 1024, InetAddress.ofLiteral("127.0.0.1"));
            slamming = Thread.ofPlatform().start(this::slam);
        }

        private void slam() {
            while (!door.isClosed()) {
                try (Socket visitor = door.accept()) {
                    times.add(System.nanoTime());
                    visitor.setSoLinger(true, 0);
                } catch (IOException _) {
                    // Closed, or gone before it was greeted.
                }
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
            try {
                slamming.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before the door was shut", e);
            }
        }
    }
}

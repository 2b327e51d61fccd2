package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Kills the server and its database while events are published, several times, at random moments, and
/// accounts for every event that was answered 200: it must reach the webhook, and a pager that started
/// before must have seen it.
class CrashTest {

    private static final int ROUNDS = 3;
    private static final int PUBLISHERS = 8;
    private static final String RESOURCE = Parties.resourceUrn(5);

    private final SplittableRandom random = new SplittableRandom();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

    @Test
    void an_acknowledged_event_survives_kills_of_the_server() throws InterruptedException {
        survive(server -> {
            server.kill();
            server.restart();
        });
    }

    @Test
    void an_acknowledged_event_survives_kills_of_the_database() throws InterruptedException {
        survive(server -> {
            long postgres = server.postgresPid();
            ProcessHandle.of(postgres).ifPresent(ProcessHandle::destroyForcibly);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> server.postgresPid() != postgres
                            && publish(server, server.tokens().publisher()).isPresent());
        });
    }

    @FunctionalInterface
    private interface Blow {

        void strike(Budstikke server);
    }

    private void survive(Blow blow) throws InterruptedException {
        // One port for all rounds: tokens name it in their issuer.
        try (Budstikke server = Budstikke.builder().port(freePort()).start();
                Webhook webhook = Webhook.counting();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.as(server.tokens().serviceOwner())
                    .establish(Subscription.to(webhook.url("/all")).resourceFilter(RESOURCE));
            String publisher = server.tokens().publisher();
            var pager = new Pager(server);
            var over = new AtomicBoolean();
            for (int i = 0; i < PUBLISHERS; i++) {
                threads.execute(() -> {
                    while (!over.get()) {
                        publish(server, publisher).ifPresentOrElse(acknowledged::add, CrashTest::breathe);
                    }
                });
            }
            threads.execute(() -> {
                while (!over.get()) {
                    pager.turn();
                }
            });
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    int more = acknowledged.size() + 50 + random.nextInt(400);
                    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= more);
                    blow.strike(server);
                }
                int last = acknowledged.size() + 100;
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= last);
            } finally {
                over.set(true);
                threads.shutdown();
            }
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

            Set<String> all = new HashSet<>(acknowledged);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .untilAsserted(
                            () -> assertThat(missing(all, webhook.deliveries().keySet()))
                                    .as("acknowledged, never delivered")
                                    .isEmpty());
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                pager.turn();
                return pager.atTheEnd;
            });
            assertThat(missing(all, pager.seen))
                    .as("acknowledged, skipped by the pager")
                    .isEmpty();
            assertThat(pager.seen).as("seen twice by the pager").doesNotHaveDuplicates();
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> missing(Set<String> wanted, java.util.Collection<String> found) {
        var missing = new HashSet<>(wanted);
        missing.removeAll(found);
        return new ArrayList<>(missing);
    }

    private static java.util.Optional<String> publish(Budstikke server, String token) {
        CloudEvents event = CloudEvents.event().resource(RESOURCE);
        try {
            Response answer = server.as(token).publish(event);
            return answer.status() == 200 ? java.util.Optional.of(event.id()) : java.util.Optional.empty();
        } catch (RuntimeException _) {
            // The server is down: the event was not acknowledged.
            return java.util.Optional.empty();
        }
    }

    private static void breathe() {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }

    /// Reads the log page by page with `after`, like a client that never saw a webhook.
    private static final class Pager {

        private final Budstikke server;
        private final String token;
        private final List<String> seen = new ArrayList<>();
        private String after = "0";
        private boolean atTheEnd;

        Pager(Budstikke server) {
            this.server = server;
            this.token = server.tokens().serviceOwner();
        }

        void turn() {
            atTheEnd = false;
            Response page;
            try {
                page = server.as(token).get(Api.EVENTS + "/events?resource=" + RESOURCE + "&size=1000&after=" + after);
            } catch (RuntimeException _) {
                breathe();
                return;
            }
            if (page.status() != 200) {
                breathe();
                return;
            }
            for (JsonNode event : page.json()) {
                after = event.path("id").asText();
                seen.add(after);
            }
            atTheEnd = page.json().isEmpty();
        }
    }
}

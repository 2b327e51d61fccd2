package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What an operator sees of a server: its metrics, its spans at a collector, its log. Has a server of
/// its own, since it counts, moves the clock, and breaks things.
class ObservedTest {

    private static final String PERSON = Parties.syntheticPerson(3).number();

    /// Of this class's tests only one asks for decisions about it.
    private static final String RESOURCE = Parties.resourceUrn(4);

    private static Webhook collector;
    private static Budstikke server;

    private final Webhook webhook = Webhook.start();
    private final String type = CloudEvents.randomType();

    @BeforeAll
    static void start() {
        collector = Webhook.start();
        server = Budstikke.builder()
                .setting("tracing.otlpEndpoint", collector.url("/v1/traces"))
                .setting("log.format", "json")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
        collector.close();
    }

    @AfterEach
    void close() {
        webhook.close();
    }

    @Test
    void what_happens_is_counted() {
        subscribe();
        Map<String, Double> before = metrics();
        webhook.answerNext(1, 400);
        CloudEvents refused = publish();
        webhook.awaitEventWithId(refused.id());
        publish();
        CloudEvents last = publish();
        webhook.awaitEventWithId(last.id());
        publisher().publish("{}").expect(400);
        server.as(server.tokens().organization(Parties.RECIPIENT.number(), "altinn:events.publish"))
                .publish(event())
                .expect(403);
        Awaitility.await().untilAsserted(() -> {
            Map<String, Double> after = metrics();
            assertThat(grown(before, after, "budstikke_publishes_total{outcome=\"stored\"}"))
                    .isEqualTo(3);
            assertThat(grown(before, after, "budstikke_publishes_total{outcome=\"invalid\"}"))
                    .isEqualTo(1);
            assertThat(grown(before, after, "budstikke_publishes_total{outcome=\"denied\"}"))
                    .isEqualTo(1);
            assertThat(grown(before, after, "budstikke_events_appended_total")).isEqualTo(3);
            assertThat(grown(before, after, "budstikke_publish_seconds_count")).isEqualTo(3);
            assertThat(grown(before, after, "budstikke_attempts_total{outcome=\"accepted\"}"))
                    .isEqualTo(2);
            assertThat(grown(before, after, "budstikke_attempts_total{outcome=\"rejected\"}"))
                    .isEqualTo(1);
            assertThat(grown(before, after, "budstikke_attempt_seconds_count")).isEqualTo(3);
            assertThat(grown(before, after, "budstikke_deliveries_total{outcome=\"delivered\"}"))
                    .isEqualTo(2);
            assertThat(grown(before, after, "budstikke_delivery_seconds_count{attempt=\"first\"}"))
                    .isEqualTo(2);
            assertThat(grown(before, after, "budstikke_retries_total")).isEqualTo(1);
            assertThat(after.get("budstikke_cache_misses_total{cache=\"decisions\"}"))
                    .as("the subscription had to be decided")
                    .isPositive();
            assertThat(grown(before, after, "budstikke_cache_hits_total{cache=\"decisions\"}"))
                    .as("its deliveries had not")
                    .isEqualTo(3);
            assertThat(after.get("budstikke_backlog")).isEqualTo(1);
            assertThat(after.get("budstikke_subscriptions")).isPositive();
            assertThat(after.get("budstikke_pool_active")).isPositive();
            assertThat(after.get("budstikke_dead_letters")).isZero();
        });
        assertThat(metrics().get("budstikke_delivery_seconds_sum{attempt=\"first\"}"))
                .as("seconds, and not of a clock that is elsewhere")
                .isBetween(0.0001, 60.0);
        advance(Duration.ofSeconds(12));
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                grown(before, metrics(), "budstikke_delivery_seconds_count{attempt=\"later\"}"))
                        .isEqualTo(1));
    }

    /// Spec: events §5.5, §5.7, §16 41–43.
    @Test
    void the_policy_is_asked_once_for_each_consumer_and_party_and_for_nobody_when_nobody_matches() {
        String shared = type + ".shared";
        Api recipient = server.as(server.tokens().organization(Parties.RECIPIENT.number()));
        Webhook ofRecipient = Webhook.start();
        try (ofRecipient) {
            recipient.establish(Subscription.to(ofRecipient.url("/hook"))
                    .resourceFilter(RESOURCE)
                    .typeFilter(type + "," + shared));
            server.as(server.tokens().serviceOwner())
                    .establish(Subscription.to(webhook.url("/hook"))
                            .resourceFilter(RESOURCE)
                            .typeFilter(shared));

            Map<String, Double> before = metrics();
            publish(CloudEvents.event().type(type + ".nobody").resource(RESOURCE));
            awaitNoLag();
            assertThat(asked(before)).as("no candidates").containsExactly(0.0, 0.0);

            CloudEvents own = publish(event().resource(RESOURCE).subject(Parties.RECIPIENT.party()));
            ofRecipient.awaitEventWithId(own.id());
            assertThat(asked(before)).as("asked").containsExactly(1.0, 0.0);

            CloudEvents again = publish(event().resource(RESOURCE).subject(Parties.RECIPIENT.party()));
            ofRecipient.awaitEventWithId(again.id());
            assertThat(asked(before)).as("known").containsExactly(1.0, 1.0);

            CloudEvents both =
                    publish(CloudEvents.event().type(shared).resource(RESOURCE).subject(Parties.RECIPIENT.party()));
            ofRecipient.awaitEventWithId(both.id());
            webhook.awaitEventWithId(both.id());
            assertThat(asked(before)).as("known for one of two consumers").containsExactly(2.0, 2.0);

            publish(event().resource(RESOURCE).subject(Parties.FIRST_OTHER.party()));
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(grown(before, metrics(), "budstikke_attempts_total{outcome=\"denied\"}"))
                                    .as("no right to it")
                                    .isEqualTo(1));
            CloudEvents last = publish(event().resource(RESOURCE).subject(Parties.RECIPIENT.party()));
            ofRecipient.awaitEventWithId(last.id());
            assertThat(ofRecipient.events())
                    .extracting(sent -> sent.path("id").asText())
                    .containsExactlyInAnyOrder(own.id(), again.id(), both.id(), last.id());
        }
    }

    /// How often the policy was asked, and how often the answer was known.
    private static List<Double> asked(Map<String, Double> before) {
        Map<String, Double> after = metrics();
        return List.of(
                grown(before, after, "budstikke_cache_misses_total{cache=\"decisions\"}"),
                grown(before, after, "budstikke_cache_hits_total{cache=\"decisions\"}"));
    }

    private static void awaitNoLag() {
        Awaitility.await().untilAsserted(() -> assertThat(metrics()).containsEntry("budstikke_log_lag_events", 0.0));
    }

    private static CloudEvents publish(CloudEvents event) {
        publisher().publish(event).expect(200);
        return event;
    }

    @Test
    void the_lag_is_how_many_events_are_not_settled_and_how_long_the_oldest_has_waited() throws Exception {
        Awaitility.await().untilAsserted(() -> assertThat(metrics()).containsEntry("budstikke_log_lag_events", 0.0));
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            database.hold();
            publish();
            publish();
            Awaitility.await().untilAsserted(() -> {
                assertThat(metrics()).containsEntry("budstikke_log_lag_events", 2.0);
                assertThat(metrics().get("budstikke_log_lag_seconds")).isPositive();
            });
        }
        Awaitility.await().untilAsserted(() -> {
            assertThat(metrics()).containsEntry("budstikke_log_lag_events", 0.0);
            assertThat(metrics()).containsEntry("budstikke_log_lag_seconds", 0.0);
        });
    }

    /// The page for operators lists every metric, and no other.
    @Test
    void every_metric_is_documented() throws IOException {
        Path documentation = Path.of("../docs/metrics.md");
        Set<String> documented = Pattern.compile("`(budstikke_[a-z_]+)`")
                .matcher(Files.readString(documentation))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String page = server.api().get("/metrics").expect(200).body();
        Set<String> shown = page.lines()
                .filter(line -> line.startsWith("# TYPE budstikke_"))
                .map(line -> line.substring("# TYPE ".length(), line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown).isNotEmpty().isEqualTo(documented);
        assertThat(page).contains("jvm_memory_used_bytes", "process_cpu_usage", "process_uptime_seconds");
    }

    @Test
    void metrics_can_have_a_port_of_their_own() throws Exception {
        try (Budstikke other = Budstikke.builder()
                .setting("metrics.port", 0)
                .setting("log.format", "text")
                .start()) {
            other.api().get("/metrics").expect(404);
            String address = other.output().stream()
                    .filter(line -> line.contains("  metrics "))
                    .map(line -> line.replaceAll(".*(http://\\S+)", "$1"))
                    .findFirst()
                    .orElseThrow();
            assertThat(address).startsWith("http://127.0.0.1:").endsWith("/metrics");
            assertThat(other.api().get(address).expect(200).body()).contains("budstikke_backlog 0.0");
        }
    }

    @Test
    void a_collector_sees_the_publish_and_each_attempt_in_one_trace() {
        subscribe();
        webhook.answerNext(1, 503);
        CloudEvents event = event();
        String trace = "%032x".formatted(type.hashCode() | 1L << 40);
        publisher()
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .publish(event)
                .expect(200);
        Received first = webhook.awaitRequest(request -> request.text().contains(event.id()));
        Awaitility.await().until(() -> {
            advance(Duration.ofSeconds(1));
            return requests(event).size() == 2;
        });
        Awaitility.await().untilAsserted(() -> assertThat(spans(trace)).hasSize(3));

        OtlpSpan publish = spans(trace).stream()
                .filter(span -> span.name().equals("POST /events/api/v1/events"))
                .findFirst()
                .orElseThrow();
        assertThat(publish.parent()).isEqualTo("b7ad6b7169203331");
        List<OtlpSpan> attempts = spans(trace).stream()
                .filter(span -> span.name().equals("deliver"))
                .toList();
        assertThat(attempts).extracting(OtlpSpan::parent).containsOnly(publish.id());
        assertThat(requests(event))
                .extracting(request -> request.header("traceparent").orElseThrow())
                .containsExactlyInAnyOrderElementsOf(attempts.stream()
                        .map(span -> "00-" + trace + "-" + span.id() + "-01")
                        .toList());
        assertThat(attempts.toString()).contains(event.id(), "rejected", "accepted");
        assertThat(first.text()).doesNotContain(trace);
    }

    @Test
    void the_log_is_json_and_has_no_identity_numbers_or_tokens() throws Exception {
        String token = server.tokens().publisher();
        CloudEvents event = event().subject("/person/" + PERSON).id(token);
        try (EmbeddedDatabase database = EmbeddedDatabase.of(server)) {
            // What a database says of a row that it refuses has the row in it.
            database.change("""
                    create function refuse() returns trigger language plpgsql as $$
                    begin
                        raise exception 'Failing row contains (%, %).', new.subject, new.id using errcode = '23505';
                    end $$;
                    create trigger refuse before insert on event for each row
                        when (new.subject = '/person/%s') execute function refuse();
                    """.replace("%s", PERSON));
            JsonNode problem = publisher().publish(event).expect(500).json();
            String trace = problem.path("traceId").asText().substring(3, 35);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(log())
                            .anySatisfy(line -> {
                                assertThat(line.path("logger").asText()).endsWith("GroupCommit");
                                assertThat(line.path("level").asText()).isEqualTo("ERROR");
                                assertThat(line.path("error").asText())
                                        .contains("Failing row contains (/person/***********, ***)", "\tat ");
                            })
                            .anySatisfy(line -> {
                                assertThat(line.path("logger").asText()).endsWith("HttpServer");
                                assertThat(line.path("trace").asText()).isEqualTo(trace);
                            }));
            database.change("drop trigger refuse on event; drop function refuse()");
        }
        assertThat(log()).allSatisfy(line -> {
            assertThat(line.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
            assertThat(line.path("message").asText()).isNotEmpty();
            assertThat(line.toString()).doesNotContain(PERSON, token, token.substring(0, 40));
        });
    }

    private static List<JsonNode> log() throws IOException {
        var mapper = new ObjectMapper();
        List<JsonNode> lines = new java.util.ArrayList<>();
        for (String line : server.output()) {
            if (line.startsWith("{")) {
                lines.add(mapper.readTree(line));
            }
        }
        return lines;
    }

    private List<Received> requests(CloudEvents event) {
        return webhook.requestsTo("/hook").stream()
                .filter(request -> request.text().contains(event.id()))
                .toList();
    }

    private static List<OtlpSpan> spans(String trace) {
        return collector.requestsTo("/v1/traces").stream()
                .flatMap(request -> OtlpSpan.in(request.body()).stream())
                .filter(span -> span.trace().equals(trace))
                .toList();
    }

    private static Map<String, Double> metrics() {
        Stream<String> lines = server.api().get("/metrics").expect(200).body().lines();
        return lines.filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)),
                        (a, _) -> a,
                        TreeMap::new));
    }

    private static double grown(Map<String, Double> before, Map<String, Double> after, String name) {
        assertThat(after).containsKey(name);
        return after.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
    }

    private void subscribe() {
        server.as(server.tokens().serviceOwner())
                .establish(Subscription.to(webhook.url("/hook"))
                        .resourceFilter(Parties.resourceUrn(2))
                        .typeFilter(type));
    }

    private CloudEvents event() {
        return CloudEvents.event().type(type);
    }

    private CloudEvents publish() {
        return publish(event());
    }

    private static Api publisher() {
        return server.as(server.tokens().publisher());
    }

    private static void advance(Duration step) {
        server.api()
                .post("/development/clock", Map.of("advance", step.toString()))
                .expect(200);
    }
}

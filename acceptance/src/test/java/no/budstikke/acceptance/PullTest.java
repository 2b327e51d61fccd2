package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.EventStream;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Subscriptions whose events are fetched. None of it is in Altinn's contract.
@ExtendWith(BudstikkeExtension.class)
class PullTest {

    private static final String RESOURCE = Parties.resourceUrn(4);

    private final Budstikke server;
    private final Tokens tokens;
    private final Api owner;
    private final Api publisher;
    private final String type = CloudEvents.randomType();

    PullTest(Budstikke server, Api api, Tokens tokens) {
        this.server = server;
        this.tokens = tokens;
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
    }

    private Subscription wanted() {
        return Subscription.to("")
                .without("endPoint")
                .with("delivery.mode", "pull")
                .resourceFilter(RESOURCE)
                .typeFilter(type);
    }

    private String subscribed(Subscription subscription) {
        return path(owner.subscribe(subscription).expect(201).json());
    }

    private static String path(JsonNode subscription) {
        return EVENTS + "/subscriptions/" + subscription.path("id").asText();
    }

    private CloudEvents publish() {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type);
        publisher.publish(event).expect(200);
        return event;
    }

    private List<String> publish(int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            ids.add(publish().id());
        }
        return ids;
    }

    private List<String> pulled(String subscription, String query) {
        return ids(owner.get(subscription + "/events" + query).expect(200));
    }

    private static List<String> ids(Response events) {
        return StreamSupport.stream(events.json().spliterator(), false)
                .map(event -> event.path("id").asText())
                .toList();
    }

    private Response acknowledge(String subscription, String id) {
        return owner.post(subscription + "/acknowledge", Map.of("id", id));
    }

    private List<String> awaitPulled(String subscription, int count) {
        return await().until(() -> pulled(subscription, ""), found -> found.size() >= count);
    }

    @Test
    void events_are_fetched_until_they_are_acknowledged() {
        JsonNode created = owner.subscribe(wanted()).expect(201).json();
        String subscription = path(created);
        CloudEvents first = publish();
        List<String> later = publish(2);
        awaitPulled(subscription, 3);

        Response all = owner.get(subscription + "/events");
        List<String> one = pulled(subscription, "?max=1");
        acknowledge(subscription, first.id()).expect(204);
        List<String> rest = pulled(subscription, "");
        acknowledge(subscription, later.getLast()).expect(204);

        assertThat(created.at("/delivery/mode").asText()).isEqualTo("pull");
        assertThat(created.path("validated").asBoolean()).isTrue();
        assertThat(created.has("endPoint")).isFalse();
        assertThat(all.header("Content-Type")).hasValue("application/cloudevents-batch+json; charset=utf-8");
        assertThat(ids(all)).containsExactly(first.id(), later.get(0), later.get(1));
        assertThat(all.json().get(0)).isEqualTo(first.json());
        assertThat(one).containsExactly(first.id());
        assertThat(rest).containsExactlyElementsOf(later);
        assertThat(owner.get(subscription + "/events").body()).isEqualTo("[]");
    }

    @Test
    void the_cursor_moves_forward_only() {
        String subscription = subscribed(wanted());
        List<String> ids = publish(3);
        awaitPulled(subscription, 3);

        acknowledge(subscription, ids.get(1)).expect(204);
        acknowledge(subscription, ids.get(1)).expect(204);
        acknowledge(subscription, ids.get(0)).expect(204);
        Response unknown = acknowledge(subscription, "nobody-has-this-id").expect(400);

        assertThat(unknown.json().at("/errors/$.id/0").asText()).isEqualTo("There is no event with this id.");
        assertThat(pulled(subscription, "")).containsExactly(ids.get(2));
    }

    @Test
    void a_cursor_begins_after_an_event_or_at_the_beginning_or_now() {
        List<String> ids = publish(3);
        awaitPulled(subscribed(wanted().with("delivery.after", "0")), 3);
        // The same filters would be the same subscription: so each has a filter more.
        String source = "https://example.no/testkit";
        String afterFirst = subscribed(wanted().sourceFilter(source).with("delivery.after", ids.getFirst()));
        String fromNow = subscribed(wanted().sourceFilter("https://example.no"));
        Response unknown = owner.subscribe(wanted().sourceFilter(source).with("delivery.after", "no-such-id"));

        String next = publish().id();

        assertThat(awaitPulled(afterFirst, 3)).containsExactly(ids.get(1), ids.get(2), next);
        assertThat(awaitPulled(fromNow, 1)).containsExactly(next);
        assertThat(unknown.expect(400).text()).isEqualTo("There is no event with the id that delivery.after names");
    }

    @Test
    void the_same_subscription_made_again_keeps_its_cursor() {
        String subscription = subscribed(wanted());
        List<String> ids = publish(2);
        awaitPulled(subscription, 2);
        acknowledge(subscription, ids.getFirst()).expect(204);

        assertThat(subscribed(wanted().with("delivery.after", "0"))).isEqualTo(subscription);
        assertThat(pulled(subscription, "")).containsExactly(ids.get(1));
    }

    @Test
    void a_request_waits_for_an_event_when_it_is_asked_to() {
        String subscription = subscribed(wanted());
        var waiting = CompletableFuture.supplyAsync(() -> pulled(subscription, "?waitMs=30000"));
        // Nothing that ends the wait.
        publisher.publish(CloudEvents.event().resource(RESOURCE)).expect(200);
        CloudEvents event = publish();

        assertThat(waiting.join()).containsExactly(event.id());
        assertThat(acknowledge(subscription, event.id()).status()).isEqualTo(204);
        assertThat(pulled(subscription, "?waitMs=1")).isEmpty();
    }

    @Test
    void only_what_the_consumer_has_a_right_to_is_fetched() {
        Api recipient = server.as(tokens.organization(Parties.RECIPIENT.number()));
        String subscription = path(recipient.subscribe(wanted()).expect(201).json());
        publisher
                .publish(CloudEvents.event().resource(RESOURCE).type(type).subject(Parties.FIRST_OTHER.urn()))
                .expect(200);
        CloudEvents own = CloudEvents.event().resource(RESOURCE).type(type).subject(Parties.RECIPIENT.urn());
        publisher.publish(own).expect(200);

        Response found = recipient.get(subscription + "/events?waitMs=10000").expect(200);

        assertThat(ids(found)).containsExactly(own.id());
    }

    @Test
    void what_does_not_match_is_passed_over_once_and_nothing_behind_it_is_lost() {
        String subscription = subscribed(wanted());
        String first = publish().id();
        awaitPulled(subscription, 1);
        acknowledge(subscription, first).expect(204);
        for (int i = 0; i < 620; i++) {
            publisher.publish(CloudEvents.event().resource(RESOURCE)).expect(200);
        }
        List<String> wanted = publish(2);

        assertThat(awaitPulled(subscription, 2)).containsExactlyElementsOf(wanted);
        assertThat(pulled(subscription, "")).containsExactlyElementsOf(wanted);
        acknowledge(subscription, wanted.getFirst()).expect(204);
        assertThat(pulled(subscription, "")).containsExactly(wanted.get(1));
    }

    @Test
    void events_are_spelled_as_the_subscription_asks() {
        String subscription = subscribed(wanted().typeFilter("no.altinn.correspondence.Published")
                .resourceFilter(Parties.resourceUrn(2))
                .with("notation", "urn"));
        CloudEvents event = CloudEvents.event()
                .resource(Parties.resourceUrn(2))
                .type("no.altinn.correspondence.Published")
                .source(server.baseUrl() + "/correspondence/api/v1/correspondence")
                .resourceInstance("3f6c0b6e-8f4d-4b27-9c37-9c4fd5b9f6aa")
                .subject(Parties.RECIPIENT.party())
                .alternativeSubject(Parties.RECIPIENT.path())
                .time("2026-08-20T11:10:08Z");
        publisher.publish(event).expect(200);

        JsonNode found =
                owner.get(subscription + "/events?waitMs=10000").expect(200).json();

        assertThat(found.at("/0/id").asText()).isEqualTo(event.id());
        assertThat(found.at("/0/type").asText()).isEqualTo("no.altinn.correspondence.correspondencepublished");
        assertThat(found.at("/0/subject").asText()).isEqualTo(Parties.RECIPIENT.urn());
    }

    @Test
    void to_forget_the_endpoint_is_still_an_error() {
        for (Subscription forgotten : List.of(
                wanted().without("delivery"),
                wanted().without("delivery").withNull("endPoint"),
                wanted().without("delivery").with("endPoint", ""),
                wanted().with("delivery.mode", "push"))) {
            assertThat(owner.subscribe(forgotten).expect(400).text())
                    .isEqualTo("Missing or invalid endpoint to push events towards");
        }
        assertThat(owner.subscribe(wanted().with("endPoint", "https://example.no/hook"))
                        .expect(400)
                        .text())
                .isEqualTo("A subscription with delivery mode pull has no endpoint to push events towards");
    }

    @ParameterizedTest
    @CsvSource({
        "mode,  '\"sideways\"', $.delivery.mode,  The mode must be 'push' or 'pull'.",
        "after, 7,              $.delivery.after, 'This must be the id of an event, or ''0'' for the first.'"
    })
    void a_way_of_delivery_that_is_not_understood_is_refused(String member, String value, String path, String reason)
            throws Exception {
        Subscription subscription =
                wanted().with("delivery." + member, new com.fasterxml.jackson.databind.ObjectMapper().readTree(value));

        assertThat(owner.subscribe(subscription)
                        .expect(400)
                        .json()
                        .at("/errors/" + path + "/0")
                        .asText())
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max=0", "max=1001", "max=some", "waitMs=-1", "waitMs=60001"})
    void limits_are_kept(String parameter) {
        String subscription = subscribed(wanted());

        JsonNode problem =
                owner.get(subscription + "/events?" + parameter).expect(400).json();

        assertThat(problem.path("errors").fieldNames().next()).isEqualTo(parameter.replaceAll("=.*", ""));
    }

    @Test
    void only_the_owner_fetches_and_only_with_the_scope_for_it(Webhook webhook) {
        String subscription = subscribed(wanted());
        Api other = server.as(tokens.organization(Parties.RECIPIENT.number()));
        Api withoutScope = server.as(tokens.serviceOwner("altinn:serviceowner"));
        String pushed = path(owner.establish(
                Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE).typeFilter(type)));

        assertThat(other.get(subscription + "/events").status()).isEqualTo(403);
        assertThat(other.post(subscription + "/acknowledge", Map.of("id", "1")).status())
                .isEqualTo(403);
        assertThat(withoutScope.get(subscription + "/events").status()).isEqualTo(403);
        assertThat(server.api().get(subscription + "/events").status()).isEqualTo(401);
        assertThat(owner.get(EVENTS + "/subscriptions/2147483647/events").status())
                .isEqualTo(404);
        assertThat(owner.get(pushed + "/events").expect(409).detail())
                .isEqualTo("The events of this subscription are sent to its endpoint.");
        assertThat(owner.post(subscription + "/pause").expect(409).detail())
                .isEqualTo("Nothing is sent to this subscription: its events are pulled.");
        owner.delete(subscription).expect(200);
        assertThat(owner.get(subscription + "/events").status()).isEqualTo(404);
    }

    /// Query, stream, pulled subscription and webhook are four ways through one log.
    @Test
    void a_client_changes_over_from_query_to_stream_to_pulling_to_push_and_misses_nothing(Webhook webhook)
            throws Exception {
        var published = new ArrayList<String>();
        var enough = new AtomicBoolean();
        Thread publishing = Thread.ofVirtual().start(() -> {
            while (!enough.get()) {
                published.add(publish().id());
            }
        });
        var seen = new ArrayList<String>();
        try {
            await().until(() -> {
                String after = seen.isEmpty() ? "0" : seen.getLast();
                seen.addAll(ids(
                        owner.get(EVENTS + "/events?resource=" + RESOURCE + "&size=7&type=" + type + "&after=" + after)
                                .expect(200)));
                return seen.size() >= 20;
            });
            try (EventStream stream = owner.header("Last-Event-ID", seen.getLast()).stream(
                    EVENTS + "/events/stream?resource=" + RESOURCE + "&type=" + type)) {
                seen.addAll(stream.awaitEvents(20).ids());
            }
            String subscription = subscribed(wanted().with("delivery.after", seen.getLast()));
            int before = seen.size();
            while (seen.size() < before + 20) {
                List<String> batch = pulled(subscription, "?max=6&waitMs=5000");
                seen.addAll(batch);
                acknowledge(subscription, batch.getLast()).expect(204);
            }
            // The webhook takes over; what came meanwhile is fetched until its first event is met.
            owner.establish(Subscription.to(webhook.url("/hook"))
                    .resourceFilter(RESOURCE)
                    .typeFilter(type));
            await().until(() -> webhook.events().size() >= 20);
            enough.set(true);
            publishing.join();
            String firstPushed = published.stream()
                    .filter(id -> webhook.events().stream()
                            .anyMatch(event -> event.path("id").asText().equals(id)))
                    .findFirst()
                    .orElseThrow();
            while (!seen.contains(firstPushed)) {
                List<String> batch = pulled(subscription, "?max=1&waitMs=5000");
                seen.addAll(batch);
                acknowledge(subscription, batch.getLast()).expect(204);
            }
            webhook.awaitEventWithId(published.getLast());
            await().until(() -> webhook.events().stream()
                    .map(event -> event.path("id").asText())
                    .toList()
                    .containsAll(published.subList(published.indexOf(firstPushed), published.size())));
        } finally {
            enough.set(true);
        }

        assertThat(seen).containsExactlyElementsOf(published.subList(0, seen.size()));
        assertThat(seen.size()).isGreaterThanOrEqualTo(60);
    }
}

package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the owner of a subscription sees of its deliveries. None of it is in Altinn's contract.
@ExtendWith(BudstikkeExtension.class)
class DeliveriesTest {

    private static final String RESOURCE = Parties.resourceUrn(3);

    private final Budstikke server;
    private final Tokens tokens;
    private final Webhook webhook;
    private final Api owner;
    private final Api publisher;
    private final String type = CloudEvents.randomType();

    DeliveriesTest(Budstikke server, Api api, Tokens tokens, Webhook webhook) {
        this.server = server;
        this.tokens = tokens;
        this.webhook = webhook;
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
    }

    private String subscribed() {
        return path(owner.establish(
                Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE).typeFilter(type)));
    }

    private static String path(JsonNode subscription) {
        return EVENTS + "/subscriptions/" + subscription.path("id").asText();
    }

    private CloudEvents event() {
        return CloudEvents.event().resource(RESOURCE).type(type);
    }

    private CloudEvents publish() {
        CloudEvents event = event();
        publisher.publish(event).expect(200);
        return event;
    }

    private List<JsonNode> deliveries(String subscription, String query) {
        return list(owner.get(subscription + "/deliveries" + query)
                .expect(200)
                .json()
                .path("deliveries"));
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private JsonNode awaitDelivery(String subscription, CloudEvents event, Predicate<JsonNode> condition) {
        return await().until(
                        () -> deliveries(subscription, "?event=" + event.id()),
                        found -> found.size() == 1 && condition.test(found.getFirst()))
                .getFirst();
    }

    private static Predicate<JsonNode> state(String wanted) {
        return delivery -> delivery.path("state").asText().equals(wanted);
    }

    private static List<String> eventIds(List<JsonNode> deliveries) {
        return deliveries.stream()
                .map(delivery -> delivery.at("/event/id").asText())
                .toList();
    }

    @Test
    void a_delivery_is_shown_with_its_event_and_its_attempt() {
        String subscription = subscribed();
        CloudEvents event = event().resourceInstance("17").subject("/party/50015641");
        publisher.publish(event).expect(200);

        JsonNode delivery = awaitDelivery(subscription, event, state("delivered"));

        assertThat(delivery.at("/event/id").asText()).isEqualTo(event.id());
        assertThat(delivery.at("/event/type").asText()).isEqualTo(type);
        assertThat(delivery.at("/event/resource").asText()).isEqualTo(RESOURCE);
        assertThat(delivery.at("/event/resourceInstance").asText()).isEqualTo("17");
        assertThat(delivery.at("/event/subject").asText()).isEqualTo("/party/50015641");
        assertThat(Instant.parse(delivery.at("/event/stored").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(delivery.has("nextTry")).isFalse();
        assertThat(list(delivery.path("tries"))).singleElement().satisfies(attempt -> {
            assertThat(attempt.path("number").asInt()).isEqualTo(1);
            assertThat(attempt.path("outcome").asText()).isEqualTo("accepted");
            assertThat(attempt.path("status").asInt()).isEqualTo(200);
            assertThat(attempt.path("milliseconds").asInt()).isNotNegative();
            assertThat(Instant.parse(attempt.path("at").asText())).isNotNull();
        });
    }

    @Test
    void what_the_endpoint_said_is_shown_when_it_accepted_too_and_left_out_when_it_said_nothing() {
        String subscription = subscribed();
        CloudEvents silent = publish();
        JsonNode unsaid = awaitDelivery(subscription, silent, state("delivered"));
        webhook.answer(Answer.status(202, "queued as 17 " + "and so on ".repeat(1_000)));
        CloudEvents event = publish();
        JsonNode said = awaitDelivery(subscription, event, state("delivered"));

        assertThat(unsaid.path("tries").size()).isEqualTo(1);
        assertThat(unsaid.at("/tries/0").has("answer")).isFalse();
        assertThat(said.at("/tries/0/outcome").asText()).isEqualTo("accepted");
        assertThat(said.at("/tries/0/status").asInt()).isEqualTo(202);
        assertThat(said.at("/tries/0/answer").asText())
                .startsWith("queued as 17 and so on")
                .hasSize(2_048);
        assertThat(said.at("/tries/0").has("error")).isFalse();
    }

    @Test
    void what_failed_is_shown_with_the_answer_and_the_next_try() {
        String subscription = subscribed();
        webhook.answer(Answer.status(500, "out of " + "order ".repeat(1_000)));
        CloudEvents event = publish();

        JsonNode delivery =
                awaitDelivery(subscription, event, found -> found.path("tries").size() == 1);

        assertThat(delivery.path("state").asText()).isEqualTo("waiting");
        assertThat(delivery.path("attempts").asInt()).isEqualTo(1);
        assertThat(delivery.path("waitsFor").asText()).isEqualTo("rejected");
        JsonNode attempt = delivery.at("/tries/0");
        assertThat(attempt.path("outcome").asText()).isEqualTo("rejected");
        assertThat(attempt.path("status").asInt()).isEqualTo(500);
        assertThat(attempt.path("answer").asText()).startsWith("out of order").hasSize(2_048);
        assertThat(Instant.parse(delivery.path("nextTry").asText()))
                .isAfter(Instant.parse(attempt.path("at").asText()));
    }

    @Test
    void what_kind_of_error_it_was_is_told() {
        String subscription = subscribed();
        webhook.answer(new Answer.CloseWithoutAnswer());
        CloudEvents event = publish();

        JsonNode attempt = awaitDelivery(
                        subscription, event, found -> found.path("tries").size() == 1)
                .at("/tries/0");

        assertThat(attempt.path("outcome").asText()).isEqualTo("unreachable");
        assertThat(attempt.path("error").asText()).isNotEmpty();
        assertThat(attempt.has("status")).isFalse();
        assertThat(attempt.has("answer")).isFalse();
    }

    @Test
    void an_event_that_a_filter_kept_out_is_not_sent_and_the_filter_is_named() {
        String subscription = subscribed();
        CloudEvents other = event().type(type + ".other");
        CloudEvents elsewhere = event().resource(Parties.resourceUrn(2));
        publisher.publish(other).expect(200);
        publisher.publish(elsewhere).expect(200);

        JsonNode byType = awaitDelivery(subscription, other, state("notSent"));
        JsonNode byResource = awaitDelivery(subscription, elsewhere, state("notSent"));

        assertThat(byType.at("/reason/kind").asText()).isEqualTo("filter");
        assertThat(byType.at("/reason/filter").asText()).isEqualTo("typeFilter");
        assertThat(byType.at("/reason/text").asText())
                .isEqualTo("The typeFilter asks for '%s', and the event's type is '%s.other'.".formatted(type, type));
        assertThat(byResource.at("/reason/filter").asText()).isEqualTo("resourceFilter");
        assertThat(deliveries(subscription, "?state=notSent")).isEmpty();
    }

    @Test
    void an_event_without_a_right_to_it_is_not_sent_and_the_policy_is_named_and_nothing_else_of_the_event() {
        Api recipient = server.as(tokens.organization(Parties.RECIPIENT.number()));
        String subscription = path(recipient.establish(
                Subscription.to(webhook.url("/hook")).resourceFilter(RESOURCE).typeFilter(type)));
        CloudEvents others = event().subject(Parties.FIRST_OTHER.urn());
        CloudEvents own = event().subject(Parties.RECIPIENT.urn());
        publisher.publish(others).expect(200);
        publisher.publish(own).expect(200);
        webhook.awaitEventWithId(own.id());

        List<JsonNode> notSent = await().until(
                        () -> list(recipient
                                .get(subscription + "/deliveries?state=notSent")
                                .expect(200)
                                .json()
                                .path("deliveries")),
                        found -> found.size() == 1);

        JsonNode delivery = notSent.getFirst();
        assertThat(delivery.at("/event/id").asText()).isEqualTo(others.id());
        assertThat(delivery.path("event").has("type")).isFalse();
        assertThat(delivery.path("event").has("subject")).isFalse();
        assertThat(delivery.at("/reason/kind").asText()).isEqualTo("access");
        assertThat(delivery.at("/reason/text").asText()).matches("No rule of policy \\S+ permits it\\.");
        assertThat(delivery.at("/tries/0/outcome").asText()).isEqualTo("denied");
    }

    @Test
    void an_event_from_before_the_subscription_says_so() {
        CloudEvents early = publish();
        String subscription = subscribed();

        JsonNode delivery = awaitDelivery(subscription, early, state("notSent"));

        assertThat(delivery.at("/reason/text").asText())
                .isEqualTo("It was published before the subscription was made.");
        assertThat(deliveries(subscription, "?event=unknown")).isEmpty();
    }

    @Test
    void pages_list_the_newest_first_and_each_once_by_state_and_by_time() throws Exception {
        String subscription = subscribed();
        var good = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            good.add(publish().id());
        }
        await().until(() -> deliveries(subscription, "?state=delivered").size() == 4);
        String between = Instant.parse(deliveries(subscription, "?event=" + good.getLast())
                        .getFirst()
                        .at("/event/stored")
                        .asText())
                .plusNanos(1_000)
                .toString();
        webhook.answer(418);
        var bad = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            bad.add(publish().id());
        }
        await().until(() -> deliveries(subscription, "").size() == 7);

        var pages = new ArrayList<String>();
        String next = subscription + "/deliveries?size=2";
        while (!next.isEmpty()) {
            JsonNode page = owner.get(next).expect(200).json();
            assertThat(page.path("deliveries").size()).isLessThanOrEqualTo(2);
            pages.addAll(eventIds(list(page.path("deliveries"))));
            next = page.path("next").asText();
        }

        var all = new ArrayList<>(good);
        all.addAll(bad);
        assertThat(pages).containsExactlyElementsOf(all.reversed());
        assertThat(eventIds(deliveries(subscription, "?state=delivered"))).containsExactlyElementsOf(good.reversed());
        assertThat(eventIds(deliveries(subscription, "?state=waiting"))).containsExactlyElementsOf(bad.reversed());
        assertThat(deliveries(subscription, "?state=failed")).isEmpty();
        String encoded = URLEncoder.encode(between, StandardCharsets.UTF_8);
        assertThat(eventIds(deliveries(subscription, "?from=" + encoded))).containsExactlyElementsOf(bad.reversed());
        assertThat(eventIds(deliveries(subscription, "?to=" + encoded))).containsExactlyElementsOf(good.reversed());
    }

    @Test
    void the_summary_counts_and_tells_the_age_of_the_oldest() {
        String subscription = subscribed();
        publish();
        await().until(() -> deliveries(subscription, "?state=delivered").size() == 1);
        webhook.answer(418);
        CloudEvents oldest = publish();
        awaitDelivery(subscription, oldest, state("waiting"));
        publish();
        await().until(() -> deliveries(subscription, "?state=waiting").size() == 2);

        JsonNode summary =
                owner.get(subscription + "/deliveries/summary").expect(200).json();

        assertThat(summary.path("status").asText()).isEqualTo("active");
        assertThat(summary.at("/waiting/count").asInt()).isEqualTo(2);
        assertThat(summary.at("/waiting/oldest").asText())
                .isEqualTo(deliveries(subscription, "?event=" + oldest.id())
                        .getFirst()
                        .at("/event/stored")
                        .asText());
        assertThat(summary.at("/waiting/oldestAgeSeconds").asLong()).isNotNegative();
        assertThat(summary.at("/waiting").has("nextTry")).isTrue();
        assertThat(summary.at("/failed/count").asInt()).isZero();
        assertThat(summary.at("/recentOutcomes/accepted").asInt()).isEqualTo(1);
        assertThat(summary.at("/recentOutcomes/rejected").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /deliveries",
        "GET,    /deliveries/summary",
        "POST,   /deliveries/some-event/resend",
        "POST,   /pause",
        "POST,   /resume",
        "GET,    /replays",
        "GET,    /replays/1",
        "DELETE, /replays/1"
    })
    void only_the_owner_is_let_in(String method, String path) {
        String subscription = subscribed();
        Api other = server.as(tokens.organization(Parties.RECIPIENT.number()));

        assertThat(other.send(method, subscription + path, new byte[0]).status())
                .isEqualTo(403);
        assertThat(owner.send(method, EVENTS + "/subscriptions/2147483647" + path, new byte[0])
                        .status())
                .isEqualTo(404);
        assertThat(owner.send(method, EVENTS + "/subscriptions/many" + path, new byte[0])
                        .status())
                .isEqualTo(400);
        assertThat(server.api().send(method, subscription + path, new byte[0]).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"state, lost", "from, yesterday", "to, 2026-13-01T00:00:00Z", "size, all", "before, here"})
    void a_parameter_that_is_not_understood_is_named(String name, String value) {
        String subscription = subscribed();

        JsonNode problem = owner.get(subscription + "/deliveries?" + name + "=" + value)
                .expect(400)
                .json();

        assertThat(problem.at("/errors/" + name + "/0").asText()).isEqualTo("The value '" + value + "' is not valid.");
    }

    // --- resend ---

    @Test
    void a_delivered_event_can_be_sent_again_and_one_that_waits_at_once() {
        String subscription = subscribed();
        CloudEvents delivered = publish();
        awaitDelivery(subscription, delivered, state("delivered"));
        webhook.answer(418);
        CloudEvents waiting = publish();
        awaitDelivery(subscription, waiting, found -> found.path("tries").size() == 1);
        webhook.answer(200);

        owner.post(subscription + "/deliveries/" + delivered.id() + "/resend").expect(202);
        owner.post(subscription + "/deliveries/" + waiting.id() + "/resend").expect(202);

        JsonNode again = awaitDelivery(
                subscription, delivered, found -> found.path("tries").size() == 2);
        assertThat(again.path("state").asText()).isEqualTo("delivered");
        awaitDelivery(subscription, waiting, state("delivered"));
        assertThat(webhook.events())
                .extracting(sent -> sent.path("id").asText())
                .containsExactlyInAnyOrder(delivered.id(), delivered.id(), waiting.id(), waiting.id());
    }

    @Test
    void what_can_not_be_sent_again_is_refused() {
        String subscription = subscribed();
        CloudEvents other = event().type(type + ".other");
        publisher.publish(other).expect(200);
        awaitDelivery(subscription, other, state("notSent"));

        assertThat(owner.post(subscription + "/deliveries/unknown/resend")
                        .expect(404)
                        .detail())
                .isEqualTo("There is no event with this id.");
        assertThat(owner.post(subscription + "/deliveries/" + other.id() + "/resend")
                        .expect(409)
                        .detail())
                .isEqualTo("The subscription's filters don't let this event through.");
    }
}

package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A subscription that is paused and goes on. None of it is in Altinn's contract.
@ExtendWith(BudstikkeExtension.class)
class PauseTest {

    private static final String RESOURCE = Parties.resourceUrn(3);

    private final Webhook webhook;
    private final Api owner;
    private final Api publisher;
    private final String type = CloudEvents.randomType();

    PauseTest(Api api, Tokens tokens, Webhook webhook) {
        this.webhook = webhook;
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
    }

    private String subscribed() {
        return EVENTS + "/subscriptions/"
                + owner.establish(Subscription.to(webhook.url("/hook"))
                                .resourceFilter(RESOURCE)
                                .typeFilter(type))
                        .path("id")
                        .asText();
    }

    private List<String> publish(int count) {
        return Stream.generate(() -> CloudEvents.event().resource(RESOURCE).type(type))
                .limit(count)
                .peek(event -> publisher.publish(event).expect(200))
                .map(CloudEvents::id)
                .toList();
    }

    private void awaitWaiting(String subscription, int count) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> owner.get(subscription + "/deliveries/summary")
                                .expect(200)
                                .json()
                                .at("/waiting/count")
                                .asInt()
                        == count);
    }

    private List<String> received() {
        return webhook.events().stream().map(event -> event.path("id").asText()).toList();
    }

    @Test
    void nothing_is_sent_while_it_is_paused_and_everything_when_it_goes_on() {
        String subscription = subscribed();
        List<String> before = publish(1);
        await().until(() -> received().equals(before));

        JsonNode paused = owner.post(subscription + "/pause").expect(200).json();
        List<String> meanwhile = publish(5);
        awaitWaiting(subscription, 5);
        JsonNode waiting =
                owner.get(subscription + "/deliveries?state=waiting").json().path("deliveries");
        JsonNode summary = owner.get(subscription + "/deliveries/summary").json();
        List<String> sentWhilePaused = received();
        JsonNode resumed = owner.post(subscription + "/resume").expect(200).json();
        List<String> after = publish(1);

        await().atMost(Duration.ofSeconds(15)).until(() -> received().size() == 7);
        assertThat(paused.path("status").asText()).isEqualTo("paused");
        assertThat(Instant.parse(paused.path("statusSince").asText())).isNotNull();
        assertThat(summary.path("status").asText()).isEqualTo("paused");
        assertThat(sentWhilePaused).isEqualTo(before);
        assertThat(waiting)
                .allSatisfy(delivery -> assertThat(delivery.path("tries")).isEmpty());
        assertThat(resumed.has("status")).isFalse();
        assertThat(received())
                .containsExactlyInAnyOrderElementsOf(Stream.of(before, meanwhile, after)
                        .flatMap(List::stream)
                        .toList());
        awaitWaiting(subscription, 0);
    }

    @Test
    void to_pause_twice_changes_nothing_and_what_failed_before_is_not_tried_meanwhile() {
        String subscription = subscribed();
        webhook.answer(Answer.status(404));
        String failed = publish(1).getFirst();
        await().until(() -> owner.get(subscription + "/deliveries?event=" + failed)
                        .json()
                        .at("/deliveries/0/tries")
                        .size()
                == 1);
        webhook.clear();
        webhook.answer(200);

        JsonNode first = owner.post(subscription + "/pause").expect(200).json();
        JsonNode second = owner.post(subscription + "/pause").expect(200).json();
        owner.post(subscription + "/deliveries/" + failed + "/resend").expect(202);
        String later = publish(1).getFirst();
        awaitWaiting(subscription, 2);
        Response replay = owner.post(subscription + "/replays", "{\"since\": \"2020-01-01T00:00:00Z\"}");
        String location = replay.expect(202).header("Location").orElseThrow();
        JsonNode job = await().until(() -> owner.get(location).expect(200).json(), found -> found.has("waitsFor"));
        List<String> sentWhilePaused = received();
        owner.delete(location).expect(200);
        owner.post(subscription + "/resume").expect(200);

        await().atMost(Duration.ofSeconds(15)).until(() -> received().size() == 2);
        assertThat(second.path("statusSince")).isEqualTo(first.path("statusSince"));
        assertThat(job.path("waitsFor").asText()).isEqualTo("The subscription is paused.");
        assertThat(sentWhilePaused).isEmpty();
        assertThat(received()).containsExactlyInAnyOrder(failed, later);
        owner.post(subscription + "/resume").expect(200);
    }
}

package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.CORRESPONDENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;

/// Publishing and due dates on a server whose clock is moved. Spec: correspondence §5.2, §6.3.
class CorrespondenceTimeTest {

    private static final String CORRESPONDENCES = CORRESPONDENCE + "/correspondence/";

    @Test
    void what_is_due_happens_when_its_time_comes_even_after_a_restart() {
        try (Budstikke server = Budstikke.start();
                Webhook webhook = Webhook.start()) {
            Api owner = server.as(server.tokens().serviceOwner());
            owner.establish(Subscription.to(webhook.url("/owner")).resourceFilter(Parties.resourceUrn(1)));
            Instant now = Instant.now();
            String ignored = sent(owner, letter(now).confirmationNeeded());
            String taken = sent(owner, letter(now));
            owner.delete(CORRESPONDENCES + taken + "/purge").expect(200);
            assertThat(status(owner, ignored)).isEqualTo("ReadyForPublish");

            server.restart();

            move(server, "PT31M");
            Api after = server.as(server.tokens().serviceOwner());
            await().untilAsserted(() -> assertThat(status(after, ignored)).isEqualTo("Published"));
            move(server, "PT30M");
            await().untilAsserted(() -> assertThat(types(webhook, ignored))
                    .containsExactlyInAnyOrder(
                            "Initialized", "Published", "Published", "ReceiverNeverRead", "ReceiverNeverConfirmed"));
            assertThat(types(webhook, taken)).containsExactlyInAnyOrder("Initialized", "Purged");
        }
    }

    /// To be published in half an hour and due in an hour.
    private static Correspondence letter(Instant now) {
        return Correspondence.to(Parties.RECIPIENT)
                .publishAt(now.plusSeconds(1800))
                .dueAt(now.plusSeconds(3600));
    }

    private static String sent(Api owner, Correspondence letter) {
        return owner.initialize(letter)
                .expect(200)
                .json()
                .at("/correspondences/0/correspondenceId")
                .asText();
    }

    private static String status(Api owner, String id) {
        return owner.get(CORRESPONDENCES + id).expect(200).json().path("status").asText();
    }

    private static void move(Budstikke server, String step) {
        server.api().post("/development/clock", Map.of("advance", step)).expect(200);
    }

    /// The types of the events about one correspondence. An event may come again after a restart; it
    /// keeps its id then.
    private static List<String> types(Webhook webhook, String id) {
        return webhook.events().stream()
                .filter(event -> event.path("resourceinstance").asText().equals(id))
                .map(event ->
                        event.path("id").asText() + " " + event.path("type").asText())
                .distinct()
                .map(idAndType -> idAndType.replaceFirst(".*no\\.altinn\\.correspondence\\.", ""))
                .toList();
    }
}

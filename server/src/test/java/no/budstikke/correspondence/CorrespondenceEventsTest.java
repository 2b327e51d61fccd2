package no.budstikke.correspondence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import no.budstikke.correspondence.StatusHistory.Entry;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;
import no.budstikke.party.Party;
import no.budstikke.party.PartyRegister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorrespondenceEventsTest {

    private static final Instant NOW = Instant.parse("2024-04-19T07:22:19.438039123Z");
    private static final UUID ID = UUID.fromString("da4ceacc-ad44-4e54-99b6-b58e3c13c785");
    private static final PartyRegister PARTIES = PartyRegister.of(
            List.of(new PartyRegister.Entry(new Party(new UUID(0, 1), 50015641, Requests.RECIPIENT, "Eksempel"))));
    private static final Correspondence CORRESPONDENCE = new Correspondence(
            ID,
            Requests.OWNER,
            Requests.RECIPIENT,
            Requests.letter(),
            NOW,
            new StatusHistory(List.of(new Entry(CorrespondenceStatus.INITIALIZED, "Initialized", NOW))));

    @Test
    void the_recipients_event_is_what_the_seed_shows() {
        CloudEvent event = events(Notation.PARTY, true)
                .of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW)
                .getFirst();
        assertThat(event.json())
                .isEqualTo("{\"id\":\"%s\",\"resource\":\"urn:altinn:resource:letters\",".formatted(event.id())
                        + "\"resourceinstance\":\"da4ceacc-ad44-4e54-99b6-b58e3c13c785\","
                        + "\"source\":\"https://platform.example.no/correspondence/api/v1/correspondence\","
                        + "\"specversion\":\"1.0\",\"type\":\"no.altinn.correspondence.Published\","
                        + "\"subject\":\"/party/50015641\",\"alternativesubject\":\"/organisation/123456789\","
                        + "\"time\":\"2024-04-19T07:22:19.438039Z\"}");
        assertThat(event.subject()).contains("/party/50015641");
        assertThat(event.time()).contains("2024-04-19T07:22:19.438039Z");
    }

    @Test
    void the_urn_notation_is_what_altinn_sends() {
        CloudEvent event = events(Notation.URN, true)
                .of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW)
                .getFirst();
        assertThat(event.json())
                .isEqualTo(
                        "{\"specversion\":\"1.0\",\"id\":\"%s\",".formatted(event.id())
                                + "\"type\":\"no.altinn.correspondence.correspondencepublished\","
                                + "\"time\":\"2024-04-19T07:22:19.438039+00:00\",\"resource\":\"urn:altinn:resource:letters\","
                                + "\"resourceinstance\":\"da4ceacc-ad44-4e54-99b6-b58e3c13c785\","
                                + "\"subject\":\"urn:altinn:organization:identifier-no:123456789\","
                                + "\"alternativesubject\":\"/organisation/123456789\","
                                + "\"source\":\"https://platform.example.no/correspondence/api/v1/correspondence\",\"data\":null}");
    }

    @Test
    void publication_is_told_to_the_recipient_and_by_setting_to_the_sender() {
        assertThat(events(Notation.PARTY, true).of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW))
                .extracting(event -> event.alternativeSubject().orElseThrow())
                .containsExactly("/organisation/123456789", "/organisation/991825827");
        assertThat(events(Notation.PARTY, false).of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW))
                .extracting(event -> event.alternativeSubject().orElseThrow())
                .containsExactly("/organisation/123456789");
    }

    @Test
    void a_party_that_the_register_does_not_know_is_named_by_its_urn() {
        assertThat(events(Notation.PARTY, true)
                        .of(CorrespondenceEventType.INITIALIZED, CORRESPONDENCE, NOW)
                        .getFirst()
                        .subject())
                .contains("urn:altinn:organization:identifier-no:991825827");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"INITIALIZED", "PUBLISH_FAILED", "RECEIVER_READ", "RECEIVER_CONFIRMED", "PURGED"})
    void steps_are_told_to_the_sender_alone(CorrespondenceEventType type) {
        assertThat(events(Notation.URN, true).of(type, CORRESPONDENCE, NOW))
                .extracting(event -> event.subject().orElseThrow())
                .containsExactly(Requests.OWNER.urn());
    }

    @ParameterizedTest
    @EnumSource(names = {"RECEIVER_NEVER_READ", "RECEIVER_NEVER_CONFIRMED"})
    void what_is_left_undone_is_told_to_the_recipient(CorrespondenceEventType type) {
        assertThat(events(Notation.URN, true).of(type, CORRESPONDENCE, NOW))
                .extracting(event -> event.subject().orElseThrow())
                .containsExactly(Requests.RECIPIENT.urn());
    }

    @Test
    void one_cause_has_one_id_whenever_it_is_told_and_two_causes_have_two() {
        var events = events(Notation.PARTY, true);
        List<CloudEvent> first = events.of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW);
        List<CloudEvent> again = events.of(CorrespondenceEventType.PUBLISHED, CORRESPONDENCE, NOW.plusSeconds(60));
        assertThat(again)
                .extracting(CloudEvent::id)
                .isEqualTo(first.stream().map(CloudEvent::id).toList());
        assertThat(first).extracting(CloudEvent::id).doesNotHaveDuplicates();
        assertThat(events.of(CorrespondenceEventType.RECEIVER_READ, CORRESPONDENCE, NOW))
                .extracting(CloudEvent::id)
                .doesNotContainAnyElementsOf(first.stream().map(CloudEvent::id).toList());
    }

    private static CorrespondenceEvents events(Notation notation, boolean publishedToSender) {
        return new CorrespondenceEvents("https://platform.example.no", notation, publishedToSender, PARTIES);
    }
}

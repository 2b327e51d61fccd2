package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.party.EmailUser;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorrespondenceEventTest {

    private static final PartyIdentifier KNOWN = new OrganizationNumber("123456789");
    private static final PartyRegister PARTIES = PartyRegister.of(
            List.of(new PartyRegister.Entry(new Party(new UUID(0, 1), 50015641, KNOWN, "Eksempel Mottaker AS"))));
    private static final List<PartyIdentifier> CONCERNED = List.of(
            KNOWN,
            new OrganizationNumber("310000018"),
            new NationalIdentityNumber("01819010001"),
            new EmailUser("someone@example.no"));
    private static final List<Instant> TIMES = List.of(
            Instant.parse("2026-08-20T11:10:08.123456Z"),
            Instant.parse("2026-08-20T11:10:08.120Z"),
            Instant.parse("2026-08-20T11:10:00Z"));

    @ParameterizedTest
    @EnumSource
    void either_notation_is_turned_into_the_bytes_that_the_other_would_have_been_written_in(
            CorrespondenceEventType type) {
        for (PartyIdentifier party : CONCERNED) {
            for (Instant time : TIMES) {
                CloudEvent seeds = event(type, party, time).in(Notation.PARTY, PARTIES);
                CloudEvent altinns = event(type, party, time).in(Notation.URN, PARTIES);
                assertThat(CorrespondenceEvent.spelled(seeds, Notation.URN, PARTIES))
                        .isEqualTo(altinns);
                assertThat(CorrespondenceEvent.spelled(altinns, Notation.PARTY, PARTIES))
                        .isEqualTo(seeds);
                assertThat(CorrespondenceEvent.spelled(seeds, Notation.PARTY, PARTIES))
                        .isSameAs(seeds);
                assertThat(CorrespondenceEvent.spelled(altinns, Notation.URN, PARTIES))
                        .isSameAs(altinns);
            }
        }
    }

    @Test
    void an_event_of_another_kind_is_left_alone() {
        CloudEvent other = written("my.type", "/party/50015641", null, "{\"type\":\"my.type\"}");
        assertThat(CorrespondenceEvent.spelled(other, Notation.URN, PARTIES)).isSameAs(other);
        assertThat(CorrespondenceEvent.spelled(other, Notation.PARTY, PARTIES)).isSameAs(other);
    }

    @Test
    void an_event_that_says_more_than_a_correspondence_does_is_left_alone() {
        for (String more : List.of("\"data\":{\"a\":1}", "\"myextension\":\"x\"", "\"datacontenttype\":\"text/xml\"")) {
            CloudEvent event = published("/party/50015641", "/organisation/123456789", "{" + more + "}");
            assertThat(CorrespondenceEvent.spelled(event, Notation.URN, PARTIES))
                    .isSameAs(event);
        }
    }

    @Test
    void an_event_about_two_parties_or_one_that_nobody_knows_is_left_alone() {
        CloudEvent two = published("/party/50015641", "/organisation/310000018", "{}");
        CloudEvent unknown = published("/party/4711", null, "{}");
        CloudEvent freeText = published("/autotest/k6", null, "{}");
        for (CloudEvent event : List.of(two, unknown, freeText)) {
            assertThat(CorrespondenceEvent.spelled(event, Notation.URN, PARTIES))
                    .isSameAs(event);
        }
        assertThat(CorrespondenceEvent.spelled(
                                published("/party/4711", "/organisation/310000018", "{}"), Notation.URN, PARTIES)
                        .subject())
                .as("the alternative subject tells who it is")
                .contains("urn:altinn:organization:identifier-no:310000018");
    }

    private static CorrespondenceEvent event(CorrespondenceEventType type, PartyIdentifier party, Instant time) {
        return new CorrespondenceEvent(
                "id",
                "https://platform.example.no/correspondence/api/v1/correspondence",
                type,
                "urn:altinn:resource:letters",
                "da4ceacc-ad44-4e54-99b6-b58e3c13c785",
                party,
                time);
    }

    private static CloudEvent published(String subject, @Nullable String alternativeSubject, String json) {
        return written("no.altinn.correspondence.Published", subject, alternativeSubject, json);
    }

    private static CloudEvent written(String type, String subject, @Nullable String alternativeSubject, String json) {
        return new CloudEvent(
                "id",
                "https://example.no/",
                type,
                "urn:altinn:resource:letters",
                Optional.of("instance"),
                Optional.of(subject),
                Optional.ofNullable(alternativeSubject),
                Optional.of("2026-08-20T11:10:08Z"),
                json);
    }
}

package no.budstikke.event;

import static java.time.temporal.ChronoField.NANO_OF_SECOND;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.budstikke.http.Json;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;

/// What an event tells of a correspondence, whatever its spelling. Spec: correspondence §6.2; design §1
/// (notation).
///
/// @param instance the correspondence's id
/// @param party whom it concerns
public record CorrespondenceEvent(
        String id,
        String source,
        CorrespondenceEventType type,
        String resource,
        String instance,
        PartyIdentifier party,
        Instant time) {

    /// Altinn's: always UTC, trailing zeros trimmed, no fraction when it is zero.
    private static final DateTimeFormatter ALTINNS_TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(NANO_OF_SECOND, 0, 9, true)
            .appendLiteral("+00:00")
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private static final Set<String> MEMBERS = Set.of(
            "specversion",
            "id",
            "type",
            "time",
            "resource",
            "resourceinstance",
            "subject",
            "alternativesubject",
            "source",
            "data");

    private static final String PARTY_PATH = "/party/";
    private static final String ORGANIZATION_PATH = "/organisation/";
    private static final String PERSON_PATH = "/person/";

    /// The event in that notation, with the same id, source and time. The very same object when it is
    /// spelled so already, and when it is no correspondence event, or says more than one does.
    public static CloudEvent spelled(CloudEvent event, Notation notation, PartyRegister parties) {
        boolean isSpelledSo = CorrespondenceEventType.parse(event.type())
                .filter(type -> type.in(notation).equals(event.type()))
                .isPresent();
        return isSpelledSo
                ? event
                : read(event, parties).map(read -> read.in(notation, parties)).orElse(event);
    }

    private static Optional<CorrespondenceEvent> read(CloudEvent event, PartyRegister parties) {
        Optional<CorrespondenceEventType> type = CorrespondenceEventType.parse(event.type());
        Optional<PartyIdentifier> party = type.flatMap(_ -> party(event, parties));
        Optional<Instant> time = event.time().flatMap(CorrespondenceEvent::time);
        return party.isPresent()
                        && time.isPresent()
                        && event.resourceInstance().isPresent()
                        && saysNothingElse(event.json())
                ? Optional.of(new CorrespondenceEvent(
                        event.id(),
                        event.source(),
                        type.orElseThrow(),
                        event.resource(),
                        event.resourceInstance().get(),
                        party.get(),
                        time.get()))
                : Optional.empty();
    }

    private static Optional<Instant> time(String written) {
        try {
            return Optional.of(OffsetDateTime.parse(written).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static boolean saysNothingElse(String json) {
        try {
            for (Map.Entry<String, JsonNode> member : Json.FULL.readTree(json).properties()) {
                if (!MEMBERS.contains(member.getKey())
                        || (member.getKey().equals("data") && !member.getValue().isNull())) {
                    return false;
                }
            }
            return true;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored event is no JSON", e);
        }
    }

    /// The one party that the event names; empty when it names two, or one that nobody knows the number
    /// of.
    private static Optional<PartyIdentifier> party(CloudEvent event, PartyRegister parties) {
        Optional<PartyIdentifier> bySubject = event.subject().flatMap(written -> party(written, parties));
        Optional<PartyIdentifier> byAlternative =
                event.alternativeSubject().flatMap(written -> party(written, parties));
        return bySubject.isPresent() && byAlternative.isPresent() && !bySubject.equals(byAlternative)
                ? Optional.empty()
                : byAlternative.or(() -> bySubject);
    }

    private static Optional<PartyIdentifier> party(String written, PartyRegister parties) {
        if (written.startsWith(PARTY_PATH)) {
            return number(written.substring(PARTY_PATH.length()))
                    .flatMap(parties::find)
                    .map(Party::identifier);
        }
        if (written.startsWith(ORGANIZATION_PATH)) {
            return OrganizationNumber.ofDigits(written.substring(ORGANIZATION_PATH.length()))
                    .map(found -> found);
        }
        return PartyIdentifier.parse(
                written.startsWith(PERSON_PATH) ? written.substring(PERSON_PATH.length()) : written);
    }

    private static Optional<Integer> number(String digits) {
        return digits.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(digits)) : Optional.empty();
    }

    /// The event as it is kept and sent.
    public CloudEvent in(Notation notation, PartyRegister parties) {
        String subject = subject(notation, parties);
        Optional<String> alternativeSubject = alternativeSubject(notation);
        String writtenTime = switch (notation) {
            case PARTY -> time.toString();
            case URN -> ALTINNS_TIME.format(time);
        };
        return new CloudEvent(
                id,
                source,
                type.in(notation),
                resource,
                Optional.of(instance),
                Optional.of(subject),
                alternativeSubject,
                Optional.of(writtenTime),
                switch (notation) {
                    case PARTY -> asInTheSeed(subject, alternativeSubject, writtenTime);
                    case URN -> asInAltinn(subject, alternativeSubject, writtenTime);
                });
    }

    private String subject(Notation notation, PartyRegister parties) {
        return switch (notation) {
            case PARTY -> parties.find(party).map(Party::path).orElse(party.urn());
            case URN -> party.urn();
        };
    }

    /// Altinn has none for e-mail users and the like.
    private Optional<String> alternativeSubject(Notation notation) {
        boolean numbered = party instanceof OrganizationNumber || party instanceof NationalIdentityNumber;
        return switch (notation) {
            case PARTY -> Optional.of(party.path());
            case URN -> Optional.of(party.path()).filter(_ -> numbered);
        };
    }

    /// Members, order and time as the seed document shows them.
    private String asInTheSeed(String subject, Optional<String> alternativeSubject, String writtenTime) {
        return Json.FULL
                .createObjectNode()
                .put("id", id)
                .put("resource", resource)
                .put("resourceinstance", instance)
                .put("source", source)
                .put("specversion", "1.0")
                .put("type", type.in(Notation.PARTY))
                .put("subject", subject)
                .put("alternativesubject", alternativeSubject.orElse(null))
                .put("time", writtenTime)
                .toString();
    }

    /// Members, order and time as Altinn sends them in 2026. Spec: correspondence §6.2.
    private String asInAltinn(String subject, Optional<String> alternativeSubject, String writtenTime) {
        return Json.FULL
                .createObjectNode()
                .put("specversion", "1.0")
                .put("id", id)
                .put("type", type.in(Notation.URN))
                .put("time", writtenTime)
                .put("resource", resource)
                .put("resourceinstance", instance)
                .put("subject", subject)
                .put("alternativesubject", alternativeSubject.orElse(null))
                .put("source", source)
                .putNull("data")
                .toString();
    }
}

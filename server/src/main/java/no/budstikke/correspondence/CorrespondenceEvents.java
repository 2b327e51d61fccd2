package no.budstikke.correspondence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;
import no.budstikke.http.Json;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.Resource;
import no.budstikke.time.Ids;

/// Makes the events that tell of a correspondence's life, one for each party concerned. The same cause
/// gives the same
/// event id, however often it is asked for. Spec: correspondence §6.2, §6.3; design §1.
final class CorrespondenceEvents {

    private final String source;
    private final Notation notation;
    private final boolean publishedToSender;
    private final PartyRegister parties;

    /// @param publishedToSender whether the sender, too, is told that its correspondence was published
    CorrespondenceEvents(String baseUrl, Notation notation, boolean publishedToSender, PartyRegister parties) {
        this.source = baseUrl + "/correspondence/api/v1/correspondence";
        this.notation = notation;
        this.publishedToSender = publishedToSender;
        this.parties = parties;
    }

    List<CloudEvent> of(CorrespondenceEventType type, Correspondence correspondence, Instant now) {
        return concerned(type, correspondence).stream()
                .map(party -> event(type, correspondence, party, now))
                .toList();
    }

    private List<PartyIdentifier> concerned(CorrespondenceEventType type, Correspondence correspondence) {
        PartyIdentifier sender = correspondence.sender();
        PartyIdentifier recipient = correspondence.recipient();
        return switch (type) {
            case PUBLISHED ->
                publishedToSender && !sender.equals(recipient) ? List.of(recipient, sender) : List.of(recipient);
            case RECEIVER_NEVER_READ, RECEIVER_NEVER_CONFIRMED -> List.of(recipient);
            case INITIALIZED, PUBLISH_FAILED, RECEIVER_READ, RECEIVER_CONFIRMED, PURGED -> List.of(sender);
            case ATTACHMENT_INITIALIZED, ATTACHMENT_PUBLISHED, ATTACHMENT_UPLOAD_FAILED, ATTACHMENT_EXPIRED ->
                List.of(sender);
            case NOTIFICATION_CREATED,
                    NOTIFICATION_CREATION_FAILED,
                    NOTIFICATION_FAILED,
                    NOTIFICATION_ALL_FAILED,
                    NOTIFICATION_DELIVERED,
                    NOTIFICATION_REMINDER_DELIVERED -> List.of(sender);
        };
    }

    private CloudEvent event(
            CorrespondenceEventType type, Correspondence correspondence, PartyIdentifier party, Instant now) {
        var envelope = new Envelope(
                Ids.derived(correspondence.id().toString(), type.name(), party.urn())
                        .toString(),
                Resource.URN_PREFIX + correspondence.letter().resource(),
                correspondence.id().toString(),
                type.in(notation),
                subject(party),
                party.path(),
                WireTime.toMicros(now));
        return switch (notation) {
            case PARTY -> envelope.event(source, envelope.time().toString(), envelope.asInTheSeed(source));
            case URN -> envelope.event(source, WireTime.write(envelope.time()), envelope.asInAltinn(source));
        };
    }

    /// An event's members, whatever their order and spelling.
    private record Envelope(
            String id,
            String resource,
            String instance,
            String type,
            String subject,
            String alternativeSubject,
            Instant time) {

        CloudEvent event(String source, String writtenTime, String json) {
            return new CloudEvent(
                    id,
                    source,
                    type,
                    resource,
                    Optional.of(instance),
                    Optional.of(subject),
                    Optional.of(alternativeSubject),
                    Optional.of(writtenTime),
                    json);
        }

        /// Members, order and time as the seed document shows them.
        String asInTheSeed(String source) {
            return Json.FULL
                    .createObjectNode()
                    .put("id", id)
                    .put("resource", resource)
                    .put("resourceinstance", instance)
                    .put("source", source)
                    .put("specversion", "1.0")
                    .put("type", type)
                    .put("subject", subject)
                    .put("alternativesubject", alternativeSubject)
                    .put("time", time.toString())
                    .toString();
        }

        /// Members, order and time as Altinn sends them in 2026. Spec: correspondence §6.2.
        String asInAltinn(String source) {
            return Json.FULL
                    .createObjectNode()
                    .put("specversion", "1.0")
                    .put("id", id)
                    .put("type", type)
                    .put("time", WireTime.write(time))
                    .put("resource", resource)
                    .put("resourceinstance", instance)
                    .put("subject", subject)
                    .put("alternativesubject", alternativeSubject)
                    .put("source", source)
                    .putNull("data")
                    .toString();
        }
    }

    private String subject(PartyIdentifier party) {
        return switch (notation) {
            case PARTY -> parties.find(party).map(Party::path).orElse(party.urn());
            case URN -> party.urn();
        };
    }
}

package no.budstikke.correspondence;

import java.time.Instant;
import java.util.List;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.CorrespondenceEvent;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.Resource;
import no.budstikke.time.Ids;

/// Makes the events that tell of a correspondence's life, one for each party concerned. The same cause
/// gives the same event id, however often it is asked for. Spec: correspondence §6.2, §6.3; design §1.
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
        return new CorrespondenceEvent(
                        Ids.derived(correspondence.id().toString(), type.name(), party.urn())
                                .toString(),
                        source,
                        type,
                        Resource.URN_PREFIX + correspondence.letter().resource(),
                        correspondence.id().toString(),
                        party,
                        WireTime.toMicros(now))
                .in(notation, parties);
    }
}

package no.budstikke.correspondence;

import java.time.Instant;
import java.util.UUID;
import no.budstikke.party.PartyIdentifier;

/// One letter to one recipient, and what has happened to it.
///
/// @param sender the service owner: the sender of record
record Correspondence(
        UUID id,
        PartyIdentifier sender,
        PartyIdentifier recipient,
        Letter letter,
        Instant created,
        StatusHistory history) {

    private static final String INSTANCE = "urn:altinn:correspondence-id:";

    /// How the decision point knows it. Spec: correspondence §1.1.
    String instance() {
        return INSTANCE + id;
    }
}

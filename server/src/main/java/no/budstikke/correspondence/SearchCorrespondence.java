package no.budstikke.correspondence;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.resource.Resource;
import no.budstikke.resource.ResourceRegistry;

/// Finds correspondences of one party on one resource. Spec: correspondence §2.2 P6.
final class SearchCorrespondence {

    private final Database database;
    private final CorrespondenceStore correspondences;
    private final ResourceRegistry resources;
    private final Access access;

    SearchCorrespondence(CorrespondenceRoom.Neighbours next, CorrespondenceStore correspondences) {
        this.database = next.database();
        this.correspondences = correspondences;
        this.resources = next.resources();
        this.access = next.access();
    }

    Outcome<List<UUID>> search(Caller caller, SearchQuery query) {
        if (query.from().isPresent()
                && query.to().isPresent()
                && query.from().get().isAfter(query.to().get())) {
            return Outcome.refused(Refusal.FROM_AFTER_TO);
        }
        Optional<PartyIdentifier> asked =
                query.onBehalfOf().or(() -> CallerParty.organization(caller).map(PartyIdentifier.class::cast));
        if (asked.isEmpty()) {
            return Outcome.refused(Refusal.CALLER_UNDETERMINED);
        }
        PartyIdentifier party = asked.get();
        Optional<Resource> resource = resources.find(query.resource());
        if (resource.isEmpty()
                || !access.permits(caller, Set.of("read", "write"), resource.get(), party, Optional.empty())) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        if (query.altinn2().isPresent()) {
            return new Outcome.Done<>(List.of());
        }
        return new Outcome.Done<>(
                database.inTransaction(tx -> query.idempotentKey().isPresent()
                        ? withKey(
                                tx,
                                resource.get(),
                                party,
                                query.role(),
                                query.idempotentKey().get())
                        : correspondences.search(tx, party, query)));
    }

    /// The key overrides the other filters, but not resource, party and role.
    private List<UUID> withKey(Transaction tx, Resource resource, PartyIdentifier party, SearchRole role, UUID key) {
        return correspondences
                .withKey(tx, resource.owner(), key)
                .flatMap(id -> correspondences.find(tx, id))
                .filter(found -> found.letter().resource().equals(resource.id()))
                .filter(found -> isOn(found, party, role))
                .map(Correspondence::id)
                .stream()
                .toList();
    }

    private static boolean isOn(Correspondence found, PartyIdentifier party, SearchRole role) {
        boolean sent = found.sender().equals(party);
        boolean received = found.recipient().equals(party) && found.history().hasBeen(CorrespondenceStatus.PUBLISHED);
        return switch (role) {
            case SENDER -> sent;
            case RECIPIENT -> received;
            case RECIPIENT_AND_SENDER -> sent || received;
        };
    }
}

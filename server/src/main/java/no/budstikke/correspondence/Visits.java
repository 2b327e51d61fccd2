package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.ResourceRegistry;

/// Callers come to correspondences: finds the one, and what the caller is to it.
final class Visits {

    private final Database database;
    private final CorrespondenceStore correspondences;
    private final ResourceRegistry resources;
    private final PartyRegister parties;
    private final Access access;

    Visits(CorrespondenceRoom.Neighbours next, CorrespondenceStore correspondences) {
        this.database = next.database();
        this.correspondences = correspondences;
        this.resources = next.resources();
        this.parties = next.parties();
        this.access = next.access();
    }

    /// A caller at a correspondence, which may change any time: look again before taking a step.
    ///
    /// @param by for whom the caller acts
    record Visit(Correspondence correspondence, Standing standing, CallerParty by) {}

    /// Empty when there is no such correspondence. Asks the decision point; not to be called inside a
    /// transaction.
    Optional<Visit> of(Caller caller, UUID id) {
        return database.inTransaction(tx -> correspondences.find(tx, id))
                .map(found -> new Visit(
                        found, Standing.of(caller, found, resources, access), CallerParty.of(caller, parties)));
    }
}

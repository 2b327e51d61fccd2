package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.Visits.Visit;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// The recipient confirms it, at once and in one transaction, since no dialog has to follow. Spec:
/// correspondence §2.2 P8.
final class ConfirmCorrespondence {

    private final Database database;
    private final Visits visits;
    private final Steps steps;

    ConfirmCorrespondence(Database database, Visits visits, Steps steps) {
        this.database = database;
        this.visits = visits;
        this.steps = steps;
    }

    Outcome<UUID> confirm(Caller caller, UUID id) {
        Optional<Visit> visit = visits.of(caller, id);
        if (visit.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        if (!visit.get().standing().recipient()) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        return database.inTransaction(
                tx -> steps.take(tx, id, new Action.Confirm(), visit.get().by()));
    }
}

package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.Visits.Visit;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;

/// Takes a correspondence out of sight, at the wish of its sender or recipient. Spec: correspondence §2.2
/// P9.
final class PurgeCorrespondence {

    private final Database database;
    private final Visits visits;
    private final Steps steps;

    PurgeCorrespondence(Database database, Visits visits, Steps steps) {
        this.database = database;
        this.visits = visits;
        this.steps = steps;
    }

    Outcome<UUID> purge(Caller caller, UUID id) {
        Optional<Visit> visit = visits.of(caller, id);
        if (visit.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        Letter letter = visit.get().correspondence().letter();
        if (!letter.references(ReferenceType.DIALOGPORTEN_TRANSMISSION_ID).isEmpty()) {
            return Outcome.refused(Refusal.PURGE_OF_TRANSMISSION);
        }
        if (!visit.get().standing().isAny()) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        return database.inTransaction(tx -> purge(tx, visit.get()));
    }

    private Outcome<UUID> purge(Transaction tx, Visit visit) {
        UUID id = visit.correspondence().id();
        var asSender = new Action.PurgeAsSender();
        var asRecipient = new Action.PurgeAsRecipient(
                visit.correspondence().letter().flags().confirmationNeeded());
        if (visit.standing().purgesAsSender()) {
            return steps.take(tx, id, asSender, visit.by());
        }
        if (visit.standing().purgesAsRecipient()) {
            return steps.take(tx, id, asRecipient, visit.by());
        }
        // Both sides, and no scope that says which: the sender's rules first; its refusal is told if both refuse.
        Outcome<UUID> first = steps.take(tx, id, asSender, visit.by());
        return first instanceof Outcome.Refused
                        && steps.take(tx, id, asRecipient, visit.by()) instanceof Outcome.Done<UUID> done
                ? done
                : first;
    }
}

package no.budstikke.correspondence;

import java.util.List;
import java.util.UUID;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.EventLog;

/// Tells of what the recipient has left undone when the due time has passed. Spec: correspondence §5.2,
/// §6.3.
final class CheckDueDate {

    /// The timer that asks for it; its id is the correspondence's.
    static final String TIMER = "correspondence-due";

    private final Database database;
    private final CorrespondenceStore correspondences;
    private final PublishCorrespondence publishing;
    private final Steps steps;
    private final CorrespondenceEvents events;
    private final EventLog log;

    CheckDueDate(
            Database database,
            CorrespondenceStore correspondences,
            PublishCorrespondence publishing,
            Steps steps,
            CorrespondenceEvents events,
            EventLog log) {
        this.database = database;
        this.correspondences = correspondences;
        this.publishing = publishing;
        this.steps = steps;
        this.events = events;
        this.log = log;
    }

    void check(UUID id) {
        database.useTransaction(tx -> {
            // Due and publish time may be the same moment, and timers keep no order among themselves.
            correspondences.lock(tx, id).ifPresent(locked -> publishing.publish(tx, locked));
            correspondences.find(tx, id).ifPresent(published -> tell(tx, published));
        });
    }

    private void tell(Transaction tx, Correspondence correspondence) {
        boolean confirmationNeeded = correspondence.letter().flags().confirmationNeeded();
        List<CloudEvent> overdue = LifeCycle.overdue(correspondence.history(), confirmationNeeded).stream()
                .flatMap(type -> events.of(type, correspondence, steps.now()).stream())
                .toList();
        if (!overdue.isEmpty()) {
            log.append(tx, overdue);
        }
    }
}

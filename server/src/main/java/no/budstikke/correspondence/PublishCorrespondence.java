package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.party.PartyRegister;

/// Publishes a correspondence when its time has come, once, however often it is asked. Spec:
/// correspondence §5.2.
final class PublishCorrespondence {

    /// The timer that asks for it; its id is the correspondence's.
    static final String TIMER = "publish-correspondence";

    private final Database database;
    private final CorrespondenceStore correspondences;
    private final PartyRegister parties;
    private final Steps steps;

    PublishCorrespondence(Database database, CorrespondenceStore correspondences, PartyRegister parties, Steps steps) {
        this.database = database;
        this.correspondences = correspondences;
        this.parties = parties;
        this.steps = steps;
    }

    void publish(UUID id) {
        database.useTransaction(tx -> correspondences.lock(tx, id).ifPresent(locked -> publish(tx, locked)));
    }

    /// As above, on a locked correspondence; does nothing before its time.
    void publish(Transaction tx, Correspondence locked) {
        if (isDue(locked)) {
            steps.take(tx, locked, new Action.Publish(obstacle(locked)));
        }
    }

    /// Whether the time has come and it has neither been published nor failed.
    boolean isWanted(Correspondence correspondence) {
        return isDue(correspondence)
                && LifeCycle.of(correspondence.history(), new Action.Publish(Optional.empty()))
                        instanceof LifeCycle.Verdict.Granted;
    }

    private boolean isDue(Correspondence correspondence) {
        return !correspondence.letter().requestedPublishTime().isAfter(steps.now());
    }

    private Optional<String> obstacle(Correspondence correspondence) {
        if (parties.find(correspondence.sender()).isEmpty()) {
            return Optional.of("The sender's party was not found in the register");
        }
        if (parties.find(correspondence.recipient()).isEmpty()) {
            return Optional.of("The recipient's party was not found in the register");
        }
        return Optional.empty();
    }
}

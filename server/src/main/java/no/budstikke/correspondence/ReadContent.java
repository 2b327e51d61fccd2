package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.LifeCycle.Verdict;
import no.budstikke.correspondence.Visits.Visit;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;

/// Gives the recipient the text of a correspondence; the first time, it has been read. Spec:
/// correspondence §2.2 P5.
final class ReadContent {

    private final Database database;
    private final Visits visits;
    private final CorrespondenceStore correspondences;
    private final PublishCorrespondence publishing;
    private final Steps steps;

    ReadContent(
            Database database,
            Visits visits,
            CorrespondenceStore correspondences,
            PublishCorrespondence publishing,
            Steps steps) {
        this.database = database;
        this.visits = visits;
        this.correspondences = correspondences;
        this.publishing = publishing;
        this.steps = steps;
    }

    /// The text as GitHub-flavoured markdown.
    Outcome<String> read(Caller caller, UUID id) {
        Optional<Visit> visit = visits.of(caller, id);
        if (visit.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        Standing standing = visit.get().standing();
        if (!standing.recipient()) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        if (standing.isRecipientCall() && publishing.isWanted(visit.get().correspondence())) {
            publishing.publish(id);
        }
        return database.inTransaction(tx -> read(tx, visit.get()));
    }

    private Outcome<String> read(Transaction tx, Visit visit) {
        Correspondence locked =
                correspondences.lock(tx, visit.correspondence().id()).orElseThrow();
        if (locked.history().hasBeenPurged()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        if (!(visit.by() instanceof CallerParty.Known by)) {
            return Outcome.refused(Refusal.CALLER_UNKNOWN);
        }
        if (visit.standing().seesOnlyAvailable()
                && LifeCycle.of(locked.history(), new Action.ReadContent()) instanceof Verdict.Refused(Refusal why)) {
            return Outcome.refused(why);
        }
        if (visit.standing().isRecipientCall()) {
            correspondences.addFetched(tx, locked.id(), steps.now(), by.party().uuid(), ShowCorrespondence.DEBOUNCE);
            steps.take(tx, locked.id(), new Action.ReadContent(), by);
        }
        Letter letter = locked.letter();
        return new Outcome.Done<>(MessageText.withReplyOptions(
                MessageText.markdown(letter.content().body()), letter.content().language(), letter.replyOptions()));
    }
}

package no.budstikke.correspondence;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.LifeCycle.Verdict;
import no.budstikke.correspondence.Visits.Visit;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Shows a correspondence to its sender or recipient; the recipient's looking is noted. Spec:
/// correspondence §2.2 P3.
final class ShowCorrespondence {

    /// Looking again within this time is not noted again.
    static final Duration DEBOUNCE = Duration.ofSeconds(15);

    private final Database database;
    private final Visits visits;
    private final CorrespondenceStore correspondences;
    private final PublishCorrespondence publishing;
    private final Steps steps;

    ShowCorrespondence(
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

    /// A correspondence as one of its sides may see it.
    ///
    /// @param showsContent whether that side may see the content, too
    record View(Correspondence correspondence, boolean showsContent) {

        /// The sender sees the content until it is published. Spec: correspondence §2.2 P3.
        static View of(Correspondence correspondence, Standing standing) {
            boolean published = correspondence.history().hasBeen(CorrespondenceStatus.PUBLISHED);
            return new View(correspondence, standing.recipient() || !published);
        }
    }

    Outcome<View> show(Caller caller, UUID id) {
        Optional<Visit> visit = visits.of(caller, id);
        if (visit.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        Standing standing = visit.get().standing();
        if (!standing.isAny()) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        Correspondence correspondence = upToDate(visit.get());
        if (correspondence.history().hasBeenPurged()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        if (!(visit.get().by() instanceof CallerParty.Known by)) {
            return Outcome.refused(Refusal.CALLER_UNKNOWN);
        }
        if (standing.seesOnlyAvailable()
                && LifeCycle.of(correspondence.history(), new Action.Fetch()) instanceof Verdict.Refused(Refusal why)) {
            return Outcome.refused(why);
        }
        if (standing.isRecipientCall()) {
            database.useTransaction(tx ->
                    correspondences.addFetched(tx, id, steps.now(), by.party().uuid(), DEBOUNCE));
        }
        return new Outcome.Done<>(View.of(correspondence, standing));
    }

    /// A recipient who comes before the timer publishes.
    private Correspondence upToDate(Visit visit) {
        Correspondence found = visit.correspondence();
        if (!visit.standing().isRecipientCall() || !publishing.isWanted(found)) {
            return found;
        }
        publishing.publish(found.id());
        return database.inTransaction(tx -> correspondences.find(tx, found.id()))
                .orElse(found);
    }
}

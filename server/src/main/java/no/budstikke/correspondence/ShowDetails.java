package no.budstikke.correspondence;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.LifeCycle.Verdict;
import no.budstikke.correspondence.ShowCorrespondence.View;
import no.budstikke.correspondence.StatusHistory.Entry;
import no.budstikke.correspondence.Visits.Visit;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;

/// Shows a correspondence with its whole history; every looking of the recipient is noted. What has been
/// purged is
/// hidden from the recipient, whatever came after it, and stays open to the sender. Spec: correspondence
/// §2.2 P4.
final class ShowDetails {

    private final Database database;
    private final Visits visits;
    private final CorrespondenceStore correspondences;
    private final Steps steps;

    ShowDetails(Database database, Visits visits, CorrespondenceStore correspondences, Steps steps) {
        this.database = database;
        this.visits = visits;
        this.correspondences = correspondences;
        this.steps = steps;
    }

    /// What P4 shows beyond P3.
    ///
    /// @param history every step that this side may know of
    record Details(View view, List<Entry> history) {}

    Outcome<Details> show(Caller caller, UUID id) {
        Optional<Visit> visit = visits.of(caller, id);
        if (visit.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        Correspondence correspondence = visit.get().correspondence();
        Standing standing = visit.get().standing();
        if (!standing.isAny()) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        if (!(visit.get().by() instanceof CallerParty.Known by)) {
            return Outcome.refused(Refusal.CALLER_UNKNOWN);
        }
        if (standing.seesOnlyAvailable()
                && LifeCycle.of(correspondence.history(), new Action.Fetch()) instanceof Verdict.Refused(Refusal why)) {
            return Outcome.refused(why);
        }
        List<Entry> history = database.inTransaction(tx -> {
            if (standing.isRecipientCall()) {
                correspondences.addFetched(tx, id, steps.now(), by.party().uuid(), Duration.ZERO);
            }
            return correspondences.wholeHistory(tx, id);
        });
        return new Outcome.Done<>(new Details(View.of(correspondence, standing), visible(history, standing)));
    }

    /// Only the recipient's side is told of purging and archiving.
    private static List<Entry> visible(List<Entry> history, Standing standing) {
        return standing.recipient()
                ? history
                : history.stream()
                        .filter(entry -> !entry.status().isPurged() && entry.status() != CorrespondenceStatus.ARCHIVED)
                        .toList();
    }
}

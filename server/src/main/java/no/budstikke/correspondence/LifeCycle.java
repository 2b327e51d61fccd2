package no.budstikke.correspondence;

import static no.budstikke.correspondence.CorrespondenceStatus.CONFIRMED;
import static no.budstikke.correspondence.CorrespondenceStatus.FAILED;
import static no.budstikke.correspondence.CorrespondenceStatus.FETCHED;
import static no.budstikke.correspondence.CorrespondenceStatus.INITIALIZED;
import static no.budstikke.correspondence.CorrespondenceStatus.PUBLISHED;
import static no.budstikke.correspondence.CorrespondenceStatus.PURGED_BY_ALTINN;
import static no.budstikke.correspondence.CorrespondenceStatus.PURGED_BY_RECIPIENT;
import static no.budstikke.correspondence.CorrespondenceStatus.READ;
import static no.budstikke.correspondence.CorrespondenceStatus.READY_FOR_PUBLISH;
import static no.budstikke.correspondence.CorrespondenceStatus.RESERVED;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import no.budstikke.event.CorrespondenceEventType;

/// The life of a correspondence: what has happened, and what is asked, decide what comes of it. Spec:
/// correspondence
/// §2.2, §5.2.
final class LifeCycle {

    private static final Set<CorrespondenceStatus> PURGEABLE_BY_SENDER = Set.of(INITIALIZED, READY_FOR_PUBLISH, FAILED);

    private LifeCycle() {}

    /// What is asked of a correspondence.
    sealed interface Action {

        /// The time of publishing has come; `obstacle` says why it can't be done.
        record Publish(Optional<String> obstacle) implements Action {}

        /// The recipient looks at it.
        record Fetch() implements Action {}

        /// The recipient reads the content.
        record ReadContent() implements Action {}

        record MarkAsRead() implements Action {}

        record Confirm() implements Action {}

        record PurgeAsSender() implements Action {}

        record PurgeAsRecipient(boolean confirmationNeeded) implements Action {}
    }

    /// What comes of it.
    sealed interface Verdict {

        /// This step is taken; `text` goes with it.
        record Granted(CorrespondenceStatus step, String text) implements Verdict {}

        record Refused(Refusal why) implements Verdict {}

        /// Lawful, and nothing is left to do.
        record Unchanged() implements Verdict {}
    }

    static Verdict of(StatusHistory past, Action asked) {
        return switch (asked) {
            case Action.Publish(Optional<String> obstacle) -> {
                if (past.hasBeenPurged()) yield new Verdict.Unchanged();
                if (past.hasBeen(PUBLISHED) || past.hasBeen(FAILED)) yield new Verdict.Unchanged();
                if (past.hasBeen(RESERVED)) yield new Verdict.Unchanged();
                if (obstacle.isPresent()) yield new Verdict.Granted(FAILED, obstacle.get());
                yield granted(PUBLISHED);
            }
            case Action.Fetch _ -> {
                if (!past.isAvailableToRecipient()) yield refused(Refusal.CORRESPONDENCE_NOT_FOUND);
                yield granted(FETCHED);
            }
            case Action.ReadContent _ -> {
                if (!past.isAvailableToRecipient()) yield refused(Refusal.CORRESPONDENCE_NOT_FOUND);
                if (past.hasBeen(READ)) yield new Verdict.Unchanged();
                yield granted(READ);
            }
            case Action.MarkAsRead _ -> {
                if (!past.isAvailableToRecipient()) yield refused(Refusal.CORRESPONDENCE_NOT_FOUND);
                if (!past.hasBeen(FETCHED)) yield refused(Refusal.READ_BEFORE_FETCHED);
                if (past.hasBeen(READ)) yield refused(Refusal.ALREADY_READ);
                yield granted(READ);
            }
            case Action.Confirm _ -> {
                if (!past.isAvailableToRecipient()) yield refused(Refusal.CORRESPONDENCE_NOT_FOUND);
                if (!past.hasBeen(FETCHED)) yield refused(Refusal.CONFIRM_BEFORE_FETCHED);
                if (past.hasBeen(CONFIRMED)) yield refused(Refusal.ALREADY_CONFIRMED);
                yield granted(CONFIRMED);
            }
            case Action.PurgeAsSender _ -> {
                if (past.hasBeenPurged()) yield refused(Refusal.ALREADY_PURGED);
                if (!PURGEABLE_BY_SENDER.contains(past.current().status())) yield refused(Refusal.PURGE_AFTER_PUBLISH);
                yield granted(PURGED_BY_ALTINN);
            }
            case Action.PurgeAsRecipient(boolean confirmationNeeded) -> {
                if (past.hasBeenPurged()) yield refused(Refusal.ALREADY_PURGED);
                if (!past.isAvailableToRecipient()) yield refused(Refusal.CORRESPONDENCE_NOT_FOUND);
                if (confirmationNeeded && !past.hasBeen(CONFIRMED)) yield refused(Refusal.PURGE_BEFORE_CONFIRMED);
                yield granted(PURGED_BY_RECIPIENT);
            }
        };
    }

    /// What is left undone when the due time has passed. Spec: correspondence §5.2.
    static List<CorrespondenceEventType> overdue(StatusHistory past, boolean confirmationNeeded) {
        var overdue = new ArrayList<CorrespondenceEventType>();
        if (past.hasBeen(PUBLISHED) && !past.hasBeen(FAILED) && !past.hasBeenPurged()) {
            if (!past.hasBeen(READ)) {
                overdue.add(CorrespondenceEventType.RECEIVER_NEVER_READ);
            }
            if (confirmationNeeded && !past.hasBeen(CONFIRMED)) {
                overdue.add(CorrespondenceEventType.RECEIVER_NEVER_CONFIRMED);
            }
        }
        return overdue;
    }

    private static Verdict granted(CorrespondenceStatus step) {
        return new Verdict.Granted(step, step.wire());
    }

    private static Verdict refused(Refusal why) {
        return new Verdict.Refused(why);
    }
}

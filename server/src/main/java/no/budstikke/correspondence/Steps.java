package no.budstikke.correspondence;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.LifeCycle.Verdict;
import no.budstikke.database.Transaction;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.EventLog;
import org.jspecify.annotations.Nullable;

/// Takes steps in the lives of correspondences: what [LifeCycle] grants is written together with its
/// events.
final class Steps {

    private final CorrespondenceStore correspondences;
    private final CorrespondenceEvents events;
    private final EventLog log;
    private final InstantSource time;

    Steps(CorrespondenceStore correspondences, CorrespondenceEvents events, EventLog log, InstantSource time) {
        this.correspondences = correspondences;
        this.events = events;
        this.log = log;
        this.time = time;
    }

    /// To the microsecond, which is what is kept.
    Instant now() {
        return WireTime.toMicros(time.instant());
    }

    /// A caller takes a step; only one whom the register knows can, but what the life cycle refuses comes
    /// first. Spec:
    /// correspondence §2.2 P7, P8, P9.
    Outcome<UUID> take(Transaction tx, UUID id, Action action, CallerParty by) {
        Optional<Correspondence> locked = correspondences.lock(tx, id);
        if (locked.isEmpty()) {
            return Outcome.refused(Refusal.CORRESPONDENCE_NOT_FOUND);
        }
        return switch (LifeCycle.of(locked.get().history(), action)) {
            case Verdict.Refused(Refusal why) -> Outcome.refused(why);
            case Verdict.Unchanged _ -> new Outcome.Done<>(id);
            case Verdict.Granted granted ->
                switch (by) {
                    case CallerParty.Unknown _ -> Outcome.refused(Refusal.CALLER_UNKNOWN);
                    case CallerParty.Undetermined _ -> Outcome.refused(Refusal.CALLER_UNDETERMINED);
                    case CallerParty.Known known -> {
                        write(tx, locked.get(), granted, known.party().uuid());
                        yield new Outcome.Done<>(id);
                    }
                };
        };
    }

    /// The service itself takes a step, if the life cycle grants it. The correspondence must be locked.
    Verdict take(Transaction tx, Correspondence locked, Action action) {
        Verdict verdict = LifeCycle.of(locked.history(), action);
        if (verdict instanceof Verdict.Granted granted) {
            write(tx, locked, granted, null);
        }
        return verdict;
    }

    private void write(Transaction tx, Correspondence correspondence, Verdict.Granted granted, @Nullable UUID by) {
        Instant now = now();
        correspondences.add(tx, correspondence.id(), granted.step(), granted.text(), now, by);
        event(granted.step()).ifPresent(type -> log.append(tx, events.of(type, correspondence, now)));
    }

    /// What tells of a step. Spec: correspondence §6.3.
    static Optional<CorrespondenceEventType> event(CorrespondenceStatus step) {
        return switch (step) {
            case INITIALIZED -> Optional.of(CorrespondenceEventType.INITIALIZED);
            case PUBLISHED -> Optional.of(CorrespondenceEventType.PUBLISHED);
            case FAILED -> Optional.of(CorrespondenceEventType.PUBLISH_FAILED);
            case READ -> Optional.of(CorrespondenceEventType.RECEIVER_READ);
            case CONFIRMED -> Optional.of(CorrespondenceEventType.RECEIVER_CONFIRMED);
            case PURGED_BY_RECIPIENT, PURGED_BY_ALTINN -> Optional.of(CorrespondenceEventType.PURGED);
            case READY_FOR_PUBLISH, FETCHED, REPLIED, ARCHIVED, RESERVED -> Optional.empty();
            case ATTACHMENTS_DOWNLOADED, FORWARDED -> Optional.empty();
        };
    }
}

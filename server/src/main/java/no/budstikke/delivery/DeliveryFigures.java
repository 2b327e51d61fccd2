package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import no.budstikke.observe.Durations;
import no.budstikke.observe.Tally;

/// What is counted of deliveries and attempts, since the start. Safe for many threads; counting takes no
/// lock.
public final class DeliveryFigures {

    /// What came of an attempt.
    public enum Answer {
        ACCEPTED,
        REJECTED,
        TIMED_OUT,
        UNREACHABLE,
        BARRED,
        NO_TOKEN,
        DENIED,
        WITHDRAWN
    }

    /// How a delivery ended.
    public enum End {
        DELIVERED,
        /// Nothing was sent: the right or the subscription was gone.
        DROPPED,
        DEAD_LETTER
    }

    private final InstantSource clock;
    private final Tally<Answer> attempts = new Tally<>(Answer.class);
    private final Tally<End> ends = new Tally<>(End.class);
    private final LongAdder retries = new LongAdder();
    private final LongAdder putOff = new LongAdder();
    private final Durations attempting = new Durations();
    private final Durations delivered = new Durations();
    private final Durations deliveredLater = new Durations();

    /// @param clock of this machine, which nobody moves: it is compared with the database's
    DeliveryFigures(InstantSource clock) {
        this.clock = clock;
    }

    /// Counts an attempt and what follows from it.
    ///
    /// @param nanos how long it took
    /// @param first whether it was the delivery's first
    /// @param stored when the event was written into the log, by the database's clock
    void attempted(Outcome outcome, Consequence consequence, long nanos, boolean first, Instant stored) {
        Answer answer = answer(outcome);
        attempts.count(answer);
        switch (consequence) {
            case Consequence.Settle _ -> ends.count(answer == Answer.ACCEPTED ? End.DELIVERED : End.DROPPED);
            case Consequence.GiveUp _ -> ends.count(End.DEAD_LETTER);
            case Consequence.TryAgain _ -> retries.increment();
            // It waits until its subscription is active again.
            case Consequence.Disable _ -> {}
        }
        if (answer != Answer.DENIED && answer != Answer.WITHDRAWN) {
            attempting.record(nanos);
        }
        if (answer == Answer.ACCEPTED) {
            (first ? delivered : deliveredLater)
                    .record(Duration.between(stored, clock.instant()).toNanos());
        }
    }

    /// Counts a delivery that could not be tried, and waits in the backlog.
    void wasPutOff() {
        putOff.increment();
    }

    private static Answer answer(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted _ -> Answer.ACCEPTED;
            case Outcome.Rejected _ -> Answer.REJECTED;
            case Outcome.TimedOut _ -> Answer.TIMED_OUT;
            case Outcome.Unreachable _ -> Answer.UNREACHABLE;
            case Outcome.Barred _ -> Answer.BARRED;
            case Outcome.NoToken _ -> Answer.NO_TOKEN;
            case Outcome.Denied _ -> Answer.DENIED;
            case Outcome.Withdrawn _ -> Answer.WITHDRAWN;
        };
    }

    public Tally<Answer> attempts() {
        return attempts;
    }

    public Tally<End> ends() {
        return ends;
    }

    /// Failed attempts after which another follows.
    public long retries() {
        return retries.sum();
    }

    /// Deliveries that went into the backlog untried: the lane was full, the endpoint down, the
    /// subscription paused or an earlier one of its instance not yet delivered.
    public long putOff() {
        return putOff.sum();
    }

    /// How long an attempt took, from asking whether it is allowed to the end of the answer.
    public Durations attempting() {
        return attempting;
    }

    /// From the moment when the event was stored until the webhook had accepted it: `first` attempts,
    /// and `later` ones.
    public Map<String, Durations> delivering() {
        var both = new LinkedHashMap<String, Durations>();
        both.put("first", delivered);
        both.put("later", deliveredLater);
        return both;
    }
}

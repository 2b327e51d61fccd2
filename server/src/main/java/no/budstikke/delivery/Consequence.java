package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;

/// What follows from an outcome for its delivery.
sealed interface Consequence {

    /// The delivery is over.
    record Settle() implements Consequence {}

    /// Once more, not before `due`.
    record TryAgain(Instant due) implements Consequence {}

    /// The last attempt has failed, too.
    record GiveUp() implements Consequence {}

    /// The endpoint wants nothing more, or has taken nothing for too long: the delivery is given up, and
    /// its subscription gets nothing until it is made active again.
    ///
    /// @param reason one sentence for the subscription's owner
    record Disable(String reason) implements Consequence {

        static final String GONE = "The endpoint answered 410 Gone.";
    }

    /// What was before this attempt.
    ///
    /// @param attempts that counted
    /// @param due when the schedule called for this one; an attempt may come sooner, because the
    ///     endpoint has come back or to learn whether it has
    /// @param failingSince since when the subscription has got nothing but failures, this one included
    record Past(int attempts, Instant due, Instant failingSince) {

        /// The number of an attempt that is made now. One before its time does not count: its delivery
        /// keeps its turn.
        int number(Instant started) {
            return isEarly(started) ? attempts : attempts + 1;
        }

        boolean isEarly(Instant started) {
            return started.isBefore(due);
        }
    }

    /// How long to go on.
    ///
    /// @param disableAfter a subscription that has got nothing but failures for so long is disabled
    record Rules(RetrySchedule schedule, Duration disableAfter) {}

    /// The rule.
    ///
    /// @param started when the attempt began
    /// @param now when it had failed
    /// @param random 0 … 1, for the jitter
    static Consequence of(Outcome outcome, Past past, Instant started, Instant now, Rules rules, double random) {
        return switch (outcome) {
            case Outcome.Accepted _, Outcome.Denied _, Outcome.Withdrawn _ -> new Settle();
            case Outcome.Rejected rejected when rejected.status() == Outcome.GONE -> new Disable(Disable.GONE);
            case Outcome.Rejected _, Outcome.TimedOut _, Outcome.Unreachable _, Outcome.Barred _, Outcome.NoToken _ ->
                now.isBefore(past.failingSince().plus(rules.disableAfter()))
                        ? again(outcome, past, started, now, rules.schedule(), random)
                        : new Disable("The endpoint has taken nothing since " + past.failingSince() + ".");
        };
    }

    private static Consequence again(
            Outcome outcome, Past past, Instant started, Instant now, RetrySchedule schedule, double random) {
        if (past.isEarly(started)) {
            return new TryAgain(past.due());
        }
        Duration asked = outcome.retryAfter(now).orElse(Duration.ZERO);
        return schedule.after(past.number(started), random, asked)
                .<Consequence>map(wait -> new TryAgain(now.plus(wait)))
                .orElseGet(GiveUp::new);
    }
}

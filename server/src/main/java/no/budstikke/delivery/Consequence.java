package no.budstikke.delivery;

import java.time.Instant;

/// What follows from an outcome for its delivery.
sealed interface Consequence {

    /// The delivery is over.
    record Settle() implements Consequence {}

    /// Once more, not before `due`.
    record TryAgain(Instant due) implements Consequence {}

    /// The last attempt has failed, too.
    record GiveUp() implements Consequence {}

    /// The rule.
    ///
    /// @param attempts made so far, this one included
    /// @param since when the delivery was first tried or put off
    /// @param random 0 … 1, for the jitter
    static Consequence of(
            Outcome outcome, int attempts, Instant since, Instant now, RetrySchedule schedule, double random) {
        return switch (outcome) {
            case Outcome.Accepted _, Outcome.Denied _, Outcome.Withdrawn _ -> new Settle();
            case Outcome.Rejected _, Outcome.TimedOut _, Outcome.Unreachable _, Outcome.Barred _, Outcome.NoToken _ ->
                schedule.after(attempts, random)
                        // An endpoint that stays dead is not tried for each delivery; age ends those that waited in
                        // vain.
                        .filter(_ -> now.isBefore(
                                since.plus(schedule.span()).plus(schedule.span().dividedBy(4))))
                        .<Consequence>map(wait -> new TryAgain(now.plus(wait)))
                        .orElseGet(GiveUp::new);
        };
    }
}

package no.budstikke.delivery;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/// Draws the conclusion from an attempt: works out what follows for the delivery and hands it in for
/// settling.
final class Conclusion {

    private final Settlement settlement;
    private final DeliveryFigures figures;
    private final Consequence.Rules rules;

    Conclusion(Settlement settlement, DeliveryFigures figures, Consequence.Rules rules) {
        this.settlement = settlement;
        this.figures = figures;
        this.rules = rules;
    }

    /// When a request was made: by the clock, and on that for durations.
    record Span(Instant started, Instant ended, long startedAt, long endedAt) {

        /// One that ends now.
        ///
        /// @param startedAt `System.nanoTime()` of then
        static Span of(Instant started, Instant ended, long startedAt) {
            return new Span(started, ended, startedAt, System.nanoTime());
        }

        long nanos() {
            return endedAt - startedAt;
        }

        int millis() {
            return (int) (nanos() / 1_000_000);
        }
    }

    /// Returns whether the delivery is over; otherwise it goes back to the backlog.
    boolean draw(Delivery delivery, Outcome outcome, Span span) {
        var past = new Consequence.Past(
                delivery.attempts(), delivery.due(), failingSince(delivery.lane(), outcome, span.ended()));
        Consequence consequence = Consequence.of(
                outcome,
                past,
                span.started(),
                span.ended(),
                rules,
                ThreadLocalRandom.current().nextDouble());
        if (consequence instanceof Consequence.Disable(String reason)) {
            delivery.lane().disable(new Lane.Disabling(reason, delivery.lease()));
        }
        figures.attempted(
                outcome,
                consequence,
                span.nanos(),
                delivery.attempts() == 0,
                delivery.event().stored());
        int number = outcome instanceof Outcome.Accepted ? delivery.attempts() + 1 : past.number(span.started());
        settlement.attempted(
                delivery,
                new Attempt(delivery.subscription(), delivery.at(), number, span.started(), span.millis(), outcome),
                consequence);
        return switch (consequence) {
            case Consequence.Settle _, Consequence.GiveUp _ -> true;
            case Consequence.TryAgain _, Consequence.Disable _ -> false;
        };
    }

    private static Instant failingSince(Lane lane, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Accepted _ -> {
                lane.succeeded();
                yield now;
            }
            case Outcome.Rejected _, Outcome.TimedOut _, Outcome.Unreachable _, Outcome.Barred _, Outcome.NoToken _ ->
                lane.failed(now);
            case Outcome.Denied _, Outcome.Withdrawn _ -> now;
        };
    }
}

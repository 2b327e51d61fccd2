package no.budstikke.delivery;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import no.budstikke.access.Access;
import no.budstikke.event.CloudEvent;
import no.budstikke.observe.Spans;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes one attempt at a delivery: authorises it, posts it, and hands in what follows. A right that was
/// revoked since the event was published stops the delivery, at a retry too. Spec: events §5.7, §6.
final class PushEvent {

    private static final Logger LOG = LoggerFactory.getLogger(PushEvent.class);

    private final SubscriptionIndex subscriptions;
    private final Access access;
    private final WebhookBody bodies;
    private final WebhookClient webhooks;
    private final RetrySchedule schedule;
    private final Settlement settlement;
    private final DeliveryFigures figures;
    private final Spans spans;
    private final InstantSource time;

    PushEvent(
            SubscriptionIndex subscriptions,
            Access access,
            WebhookBody bodies,
            WebhookClient webhooks,
            RetrySchedule schedule,
            Settlement settlement,
            DeliveryFigures figures,
            Spans spans,
            InstantSource time) {
        this.subscriptions = subscriptions;
        this.access = access;
        this.bodies = bodies;
        this.webhooks = webhooks;
        this.schedule = schedule;
        this.settlement = settlement;
        this.figures = figures;
        this.spans = spans;
        this.time = time;
    }

    /// Blocks until the outcome is known. Does nothing when the delivery's shard is no longer this
    /// node's. Never throws.
    void attempt(Delivery delivery) {
        if (!delivery.lease().begin()) {
            if (delivery.isProbe()) {
                delivery.lane().circuit().returnProbe();
            }
            settlement.drop(delivery);
            return;
        }
        try {
            make(delivery);
        } finally {
            delivery.lease().done();
        }
    }

    private void make(Delivery delivery) {
        Circuit circuit = delivery.lane().circuit();
        if (circuit.isOpen() && !delivery.isProbe()) {
            figures.wasPutOff();
            settlement.putOff(delivery, "endpoint down");
            return;
        }
        Instant started = time.instant();
        long startedAt = System.nanoTime();
        Outcome outcome = tracedOutcome(delivery);
        long nanos = System.nanoTime() - startedAt;
        int millis = (int) (nanos / 1_000_000);
        Instant now = time.instant();
        if (Thread.currentThread().isInterrupted()) {
            // The server stops: the outcome says nothing about the endpoint, and the cursor or the backlog still has
            // the delivery.
            return;
        }
        circuit.learn(outcome, now);
        // A probe before its time tests the endpoint, not the delivery: when it fails, it does not count.
        boolean counts = !delivery.isProbe() || !now.isBefore(delivery.due());
        int number = delivery.attempts() + (counts ? 1 : 0);
        Consequence consequence = Consequence.of(
                outcome,
                number,
                delivery.since(),
                now,
                schedule,
                ThreadLocalRandom.current().nextDouble());
        if (!counts && consequence instanceof Consequence.TryAgain) {
            consequence = new Consequence.TryAgain(delivery.due());
        }
        figures.attempted(
                outcome,
                consequence,
                nanos,
                delivery.attempts() == 0,
                delivery.event().stored());
        settlement.attempted(
                delivery,
                new Attempt(delivery.subscription(), delivery.at(), number, started, millis, outcome),
                consequence);
    }

    private Outcome tracedOutcome(Delivery delivery) {
        Spans.Work span = spans.attempt(delivery.event().context());
        Outcome outcome = Trace.of(span.context()).call(() -> outcome(delivery, span.context()));
        if (span.isRecorded()) {
            span.with("messaging.message.id", delivery.event().event().id())
                    .with("budstikke.subscription", delivery.subscription())
                    .with("budstikke.attempt", delivery.attempts() + 1L)
                    .with("budstikke.outcome", outcome.word());
            outcome.httpStatus().ifPresent(status -> span.with("http.response.status_code", status));
        }
        span.end(outcome instanceof Outcome.Accepted);
        return outcome;
    }

    private Outcome outcome(Delivery delivery, Optional<Traceparent> context) {
        try {
            Optional<Subscription> subscription = subscriptions.find(delivery.subscription());
            if (subscription.isEmpty()) {
                return new Outcome.Withdrawn();
            }
            CloudEvent event = delivery.event().event();
            return access.mayReceive(subscription.get().consumer(), event.target())
                    ? webhooks.post(new WebhookRequest(
                            delivery.subscription(),
                            subscription.get().endPoint(),
                            event.id(),
                            WebhookRequest.ONE_EVENT,
                            bodies.of(delivery.event(), subscription.get()),
                            context.map(Traceparent::text)))
                    : new Outcome.Denied();
        } catch (RuntimeException e) {
            LOG.error("delivery of {} to subscription {} failed here", delivery.at(), delivery.subscription(), e);
            return new Outcome.Unreachable("failed before it was sent: " + e);
        }
    }
}

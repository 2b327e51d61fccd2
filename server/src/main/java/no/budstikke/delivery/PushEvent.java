package no.budstikke.delivery;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import no.budstikke.access.Access;
import no.budstikke.event.CloudEvent;
import no.budstikke.observe.Traceparent;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import org.jspecify.annotations.Nullable;
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
    private final Conclusion conclusion;
    private final Settlement settlement;
    private final TracedRequest traced;
    private final InstantSource time;

    PushEvent(
            SubscriptionIndex subscriptions,
            Access access,
            WebhookBody bodies,
            WebhookClient webhooks,
            Conclusion conclusion,
            Settlement settlement,
            TracedRequest traced,
            InstantSource time) {
        this.subscriptions = subscriptions;
        this.access = access;
        this.bodies = bodies;
        this.webhooks = webhooks;
        this.conclusion = conclusion;
        this.settlement = settlement;
        this.traced = traced;
        this.time = time;
    }

    /// Blocks until the outcome is known. Does nothing when the delivery's shard is no longer this
    /// node's. Never throws.
    void attempt(Delivery delivery) {
        if (!delivery.lease().begin()) {
            settlement.drop(delivery);
            delivery.lane().over(delivery);
            return;
        }
        try {
            make(delivery);
        } finally {
            delivery.lease().done();
        }
    }

    private void make(Delivery delivery) {
        Lane lane = delivery.lane();
        Optional<Subscription> subscription = subscriptions.find(delivery.subscription());
        String obstacle = obstacle(delivery, subscription);
        if (obstacle != null) {
            settlement.putOff(delivery, obstacle);
            lane.putBack(delivery, 1);
            return;
        }
        Instant started = time.instant();
        long startedAt = System.nanoTime();
        Outcome outcome = traced.make(List.of(delivery), place -> outcome(delivery, subscription, place));
        if (Thread.currentThread().isInterrupted()) {
            // The server stops: the outcome says nothing about the endpoint, and the cursor or the backlog still has
            // the delivery.
            return;
        }
        var span = Conclusion.Span.of(started, time.instant(), startedAt);
        lane.endpoint().learn(outcome, span);
        if (conclusion.draw(delivery, outcome, span)) {
            lane.over(delivery);
        } else {
            lane.putBack(delivery, 1);
        }
    }

    /// Why a delivery can't be tried now; null when it can.
    static @Nullable String obstacle(Delivery delivery, Optional<Subscription> subscription) {
        Lane lane = delivery.lane();
        if (lane.circuit().isOpen() && !delivery.isProbe()) {
            return Lane.ENDPOINT_DOWN;
        }
        Standing standing = subscription.isPresent() ? subscription.get().standing() : Standing.ACTIVE;
        return switch (standing) {
            case Standing.Active _ -> lane.isBeingDisabled() ? Lane.DISABLED : null;
            case Standing.Paused _ -> Lane.PAUSED;
            case Standing.Disabled _ -> Lane.DISABLED;
        };
    }

    private Outcome outcome(Delivery delivery, Optional<Subscription> subscription, Optional<Traceparent> place) {
        if (subscription.isEmpty()) {
            return new Outcome.Withdrawn();
        }
        try {
            CloudEvent event = delivery.event().event();
            return mayReceive(subscription.get(), event)
                    ? webhooks.post(new WebhookRequest(
                            delivery.subscription(),
                            subscription.get().endPoint(),
                            event.id(),
                            WebhookRequest.ONE_EVENT,
                            bodies.of(delivery.event(), subscription.get()),
                            place.map(Traceparent::text)))
                    : denied(subscription.get(), event);
        } catch (RuntimeException e) {
            LOG.error("delivery of {} to subscription {} failed here", delivery.at(), delivery.subscription(), e);
            return new Outcome.Unreachable("failed before it was sent: " + e);
        }
    }

    /// Whether the consumer may have this event now.
    boolean mayReceive(Subscription subscription, CloudEvent event) {
        return access.mayReceive(subscription.consumer(), event.target())
                || OperationalEvent.isFor(event, subscription.consumer());
    }

    /// What is on record of an event that the consumer may not have.
    Outcome denied(Subscription subscription, CloudEvent event) {
        return new Outcome.Denied(access.whyNot(subscription.consumer(), event.target()));
    }
}

package no.budstikke.delivery;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import no.budstikke.event.CloudEvent;
import no.budstikke.observe.Traceparent;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import no.budstikke.time.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes one attempt at several deliveries of a subscription in one request, a JSON array. Each is
/// authorised by itself, and each has its own attempts: when the request fails, each is tried again by
/// its own schedule. When the endpoint is alive but refuses the request, it is sent again in halves at
/// once, down to the event that it refuses, so that one event does not spoil the others.
final class PushBatch {

    private static final Logger LOG = LoggerFactory.getLogger(PushBatch.class);

    private final SubscriptionIndex subscriptions;
    private final PushEvent single;
    private final WebhookBody bodies;
    private final WebhookClient webhooks;
    private final Conclusion conclusion;
    private final Settlement settlement;
    private final TracedRequest traced;
    private final InstantSource time;

    PushBatch(
            SubscriptionIndex subscriptions,
            PushEvent single,
            WebhookBody bodies,
            WebhookClient webhooks,
            Conclusion conclusion,
            Settlement settlement,
            TracedRequest traced,
            InstantSource time) {
        this.subscriptions = subscriptions;
        this.single = single;
        this.bodies = bodies;
        this.webhooks = webhooks;
        this.conclusion = conclusion;
        this.settlement = settlement;
        this.traced = traced;
        this.time = time;
    }

    /// Blocks until all outcomes are known. Never throws.
    ///
    /// @param batch of one subscription, not empty; of one instance in order
    void attempt(List<Delivery> batch) {
        Optional<Subscription> subscription =
                subscriptions.find(batch.getFirst().subscription());
        new Round(subscription).run(batch);
    }

    /// One batch, with all requests that it takes.
    private final class Round {

        private final Optional<Subscription> subscription;
        /// Of each instance: how many of its deliveries go back to the backlog.
        private final Map<Long, Integer> putBack = new HashMap<>();

        private boolean stopped;

        Round(Optional<Subscription> subscription) {
            this.subscription = subscription;
        }

        void run(List<Delivery> batch) {
            var begun = new ArrayList<Delivery>(batch.size());
            for (Delivery delivery : batch) {
                if (delivery.lease().begin()) {
                    begun.add(delivery);
                } else {
                    settlement.drop(delivery);
                }
            }
            try {
                make(begun);
                if (!stopped) {
                    goOn(batch);
                }
            } finally {
                begun.forEach(delivery -> delivery.lease().done());
            }
        }

        private void make(List<Delivery> begun) {
            Instant now = time.instant();
            var allowed = new ArrayList<Delivery>(begun.size());
            for (Delivery delivery : begun) {
                Optional<Outcome> unsent = unsent(delivery);
                if (unsent.isEmpty()) {
                    allowed.add(delivery);
                } else {
                    draw(delivery, unsent.get(), Conclusion.Span.of(now, now, System.nanoTime()));
                }
            }
            if (!allowed.isEmpty()) {
                send(allowed);
            }
        }

        private Optional<Outcome> unsent(Delivery delivery) {
            try {
                if (subscription.isEmpty()) {
                    return Optional.of(new Outcome.Withdrawn());
                }
                CloudEvent event = delivery.event().event();
                return single.mayReceive(subscription.get(), event)
                        ? Optional.empty()
                        : Optional.of(single.denied(subscription.get(), event));
            } catch (RuntimeException e) {
                LOG.error("delivery of {} to subscription {} failed here", delivery.at(), delivery.subscription(), e);
                return Optional.of(new Outcome.Unreachable("failed before it was sent: " + e));
            }
        }

        /// Sends those that nothing keeps; of an instance none after one that failed.
        private void send(List<Delivery> asked) {
            var now = new ArrayList<Delivery>(asked.size());
            for (Delivery delivery : asked) {
                String obstacle = putBack.containsKey(delivery.instance())
                        ? Lane.AFTER_AN_EARLIER_ONE
                        : PushEvent.obstacle(delivery, subscription);
                if (obstacle == null) {
                    now.add(delivery);
                } else {
                    settlement.putOff(delivery, obstacle);
                    goesBack(delivery);
                }
            }
            if (!now.isEmpty() && !stopped) {
                post(now);
            }
        }

        private void post(List<Delivery> batch) {
            Instant started = time.instant();
            long startedAt = System.nanoTime();
            Outcome outcome = traced.make(batch, place -> outcome(batch, place));
            if (Thread.currentThread().isInterrupted()) {
                // The server stops: what became of them is not known, and the cursor or the backlog still has them.
                stopped = true;
                return;
            }
            var span = Conclusion.Span.of(started, time.instant(), startedAt);
            batch.getFirst().lane().endpoint().learn(outcome, span);
            if (outcome.isRefusal() && batch.size() > 1) {
                int half = batch.size() / 2;
                send(batch.subList(0, half));
                send(batch.subList(half, batch.size()));
            } else {
                batch.forEach(delivery -> draw(delivery, outcome, span));
            }
        }

        private Outcome outcome(List<Delivery> batch, Optional<Traceparent> place) {
            try {
                Subscription to = subscription.orElseThrow();
                String[] ids = Stream.concat(
                                Stream.of("batch"),
                                batch.stream()
                                        .map(delivery ->
                                                delivery.event().event().id()))
                        .toArray(String[]::new);
                return webhooks.post(new WebhookRequest(
                        to.id(),
                        to.endPoint(),
                        Ids.derived(ids).toString(),
                        WebhookRequest.BATCH,
                        body(batch, to),
                        place.map(Traceparent::text)));
            } catch (RuntimeException e) {
                LOG.error(
                        "a batch of {} for subscription {} failed here",
                        batch.size(),
                        batch.getFirst().subscription(),
                        e);
                return new Outcome.Unreachable("failed before it was sent: " + e);
            }
        }

        private void draw(Delivery delivery, Outcome outcome, Conclusion.Span span) {
            if (!conclusion.draw(delivery, outcome, span)) {
                goesBack(delivery);
            }
        }

        private void goesBack(Delivery delivery) {
            if (delivery.instance() != InstanceKey.NONE) {
                putBack.merge(delivery.instance(), 1, Integer::sum);
            }
        }

        private void goOn(List<Delivery> batch) {
            Set<Long> told = new HashSet<>();
            for (Delivery delivery : batch) {
                if (told.add(delivery.instance())) {
                    Integer count = putBack.get(delivery.instance());
                    if (count == null) {
                        delivery.lane().over(delivery);
                    } else {
                        delivery.lane().putBack(delivery, count);
                    }
                }
            }
        }
    }

    private byte[] body(List<Delivery> batch, Subscription subscription) {
        var body = new ByteArrayOutputStream();
        char before = '[';
        for (Delivery delivery : batch) {
            body.write(before);
            body.writeBytes(bodies.of(delivery.event(), subscription));
            before = ',';
        }
        body.write(']');
        return body.toByteArray();
    }
}

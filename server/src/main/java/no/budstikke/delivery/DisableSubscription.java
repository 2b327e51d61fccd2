package no.budstikke.delivery;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.EventLog;
import no.budstikke.subscription.MarkDisabled;
import no.budstikke.subscription.Subscription;
import no.budstikke.time.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Disables a subscription whose endpoint is gone, and tells its owner on the owner's other
/// subscriptions, whatever their filters: an event in the log and a delivery for each, in the same
/// transaction. What waits for the disabled one becomes dead letters ([BacklogPump]), so that the owner
/// can have it sent again later.
final class DisableSubscription {

    private static final Logger LOG = LoggerFactory.getLogger(DisableSubscription.class);

    private final Database database;
    private final MarkDisabled markDisabled;
    private final EventLog log;
    private final Backlog backlog;
    private final FailingStore failing;
    private final InstantSource time;
    private final Ids ids;
    private final URI eventsApi;

    /// What is changed together.
    record Stores(Database database, EventLog log, Backlog backlog, FailingStore failing) {}

    /// @param eventsApi such as `https://platform.example/events/api/v1/`
    DisableSubscription(Stores stores, MarkDisabled markDisabled, InstantSource time, Ids ids, URI eventsApi) {
        this.database = stores.database();
        this.log = stores.log();
        this.backlog = stores.backlog();
        this.failing = stores.failing();
        this.markDisabled = markDisabled;
        this.time = time;
        this.ids = ids;
        this.eventsApi = eventsApi;
    }

    /// Does nothing when it is gone or disabled already. Nor when the shard in which the reason was
    /// found is no longer this node's: it may have slept, and the endpoint been validated anew; whoever
    /// has the shard makes the delivery again and finds out for himself.
    ///
    /// @return false when the shard is not this node's, or being settled just now
    boolean disable(int id, Lane.Disabling why) {
        Instant now = time.instant();
        return database.inTransaction(tx -> {
            var part = new Backlog.Part(id, Set.of(why.lease()), now);
            if (!backlog.hold(tx, part).isAllOf(part)) {
                return false;
            }
            failing.remove(tx, List.of(id));
            markDisabled.disable(tx, id, why.reason(), now).ifPresent(change -> {
                LOG.warn("subscription {} is disabled: {}", id, why.reason());
                tell(tx, change, why.reason(), now);
            });
            return true;
        });
    }

    /// The nodes learn of the deliveries when they come to the event in the log.
    private void tell(Transaction tx, MarkDisabled.Disabled change, String reason, Instant now) {
        if (change.others().isEmpty()) {
            return;
        }
        CloudEvent told =
                OperationalEvent.disabled(ids.random().toString(), change.subscription(), reason, now, eventsApi);
        log.append(tx, List.of(told));
        backlog.address(
                tx, told.id(), change.others().stream().map(Subscription::id).toList(), now);
    }
}

package no.budstikke.delivery;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import no.budstikke.database.Changes;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.SubscriptionIndex;
import no.budstikke.subscription.Terms;

/// Has deliveries made once more: through the backlog, like everything that is not sent at once.
/// Authorised before each attempt, as always.
public final class Redelivery {

    private final Database database;
    private final Backlog backlog;
    private final Lanes lanes;
    private final Leases leases;
    private final SubscriptionIndex subscriptions;
    private final InstantSource time;

    Redelivery(
            Database database,
            Backlog backlog,
            Lanes lanes,
            Leases leases,
            SubscriptionIndex subscriptions,
            InstantSource time) {
        this.database = database;
        this.backlog = backlog;
        this.lanes = lanes;
        this.leases = leases;
        this.subscriptions = subscriptions;
        this.time = time;
    }

    /// Who asks for it.
    public enum Reason {
        /// A job that goes through many.
        REPLAY,
        /// A person, for one.
        RESEND;

        private String word() {
            return switch (this) {
                case REPLAY -> "replay";
                case RESEND -> "resend";
            };
        }
    }

    /// Has these events delivered to the subscription, as if they had never been tried. What waits in
    /// the backlog stays as it is; dead letters come back to life. Where deliveries are ordered,
    /// repeated ones are in order among themselves. Takes effect with the commit.
    ///
    /// @return how many were put into the backlog
    public int enqueue(Transaction tx, Subscription subscription, List<LoggedEvent> events, Reason reason) {
        if (events.isEmpty()) {
            return 0;
        }
        Instant now = time.instant();
        boolean ordered = subscription.terms().ordering() == Terms.Ordering.RESOURCE_INSTANCE;
        int added = backlog.requeue(
                tx,
                events.stream()
                        .map(event -> new Backlog.Row(
                                event.shard(),
                                subscription.id(),
                                event.at(),
                                event.stored(),
                                0,
                                now,
                                now,
                                now,
                                reason.word(),
                                ordered ? InstanceKey.of(event.event()) : InstanceKey.NONE))
                        .toList());
        if (leases.nodes() > 1) {
            // Whoever takes a shard over from this node looks through all of its backlog.
            Changes.tell(tx, Changes.Topic.REDELIVERY);
        }
        tx.afterCommit(() -> lanes.of(subscription).backlogged(now));
        return added;
    }

    /// Has a delivery that waits in the backlog tried now.
    ///
    /// @return whether it waits there
    public boolean hasten(Transaction tx, Subscription subscription, LogPosition at) {
        Instant now = time.instant();
        boolean waits = backlog.hasten(tx, new Backlog.Key(subscription.id(), at), now);
        tx.afterCommit(() -> lanes.of(subscription).backlogged(now));
        return waits;
    }

    /// How many deliveries of the subscription are due and wait in the backlog; counted up to `most`.
    public int countDue(Transaction tx, Subscription subscription, int most) {
        return backlog.countDue(tx, subscription.id(), time.instant(), most);
    }

    /// Looks for what was put into the backlog by other nodes. For housekeeping, when it was told.
    public void notice() {
        Instant now = time.instant();
        for (int id : database.inTransaction(backlog::requeued)) {
            subscriptions
                    .find(id)
                    .filter(found -> !found.isPulled())
                    .ifPresent(found -> lanes.of(found).backlogged(now));
        }
    }
}

package no.budstikke.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.budstikke.database.Database;
import no.budstikke.event.EventLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's share of the log's shards. Beats, buries nodes that died, takes shards that nobody has,
/// and gives some up when there are more nodes than shares. The database decides every race, by its own
/// clock. Decision 0007.
///
/// A node is dead when its session is gone, which is at once when its process is killed; or when it has
/// not beaten for [#PATIENCE], then it is cut off. It notices the latter itself, earlier, after
/// [#CERTAINTY].
///
/// A node that is alone does not write its beats. Whoever comes gives the others [#PATIENCE] from then
/// on; so a look that shows nobody else is worth as much as a beat.
final class Leases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private static final Duration BEAT = Duration.ofMillis(500);
    /// When there is nobody who could take this node for silent, it only looks whether that is still so.
    /// Twice within [#CERTAINTY].
    private static final Duration LOOK_ALONE = Duration.ofSeconds(2);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final Duration CERTAINTY = Duration.ofSeconds(4);
    /// For attempts under way when a shard is given up.
    private static final Duration DRAIN = Duration.ofSeconds(1);
    /// For attempts under way when this node stops and nobody waits for its shards.
    private static final Duration DRAIN_ALONE = Duration.ofSeconds(5);
    /// What the settlement may need, on top, to write it all down.
    private static final Duration SETTLE = Duration.ofSeconds(2);
    /// Whoever lost the connection buries nobody for a while: the others will have lost theirs, too.
    private static final Duration MERCY = Duration.ofSeconds(2);

    private final Database database;
    private final Consumer<Lease> onLeaving;
    private final Duration patienceAtFirst;
    private final Pulse pulse = new Pulse(CERTAINTY);

    private volatile List<Lease> held = List.of();
    private volatile int nodes = 1;
    private volatile boolean stopping;

    // Guarded by this.
    private @Nullable LeaseStore open;
    private @Nullable Integer node;
    private int session;
    private long registered;
    private boolean leaving;
    private long mercyUntil = System.nanoTime();

    /// @param onLeaving told of every lease that begins to be given up; whoever settles ends it
    Leases(Database database, Consumer<Lease> onLeaving) {
        this(database, onLeaving, PATIENCE);
    }

    /// @param patienceAtFirst for how long this node, when it is new, takes nobody for silent
    Leases(Database database, Consumer<Lease> onLeaving, Duration patienceAtFirst) {
        this.patienceAtFirst = patienceAtFirst;
        this.database = database;
        this.onLeaving = onLeaving;
    }

    /// What this node has; some of it may have been lost since ([Lease#isOpen]).
    List<Lease> held() {
        return held;
    }

    /// Nodes that share the work, this one included.
    int nodes() {
        return nodes;
    }

    /// Waits until this node is certain to be taken for alive.
    ///
    /// @return false when it never will be again, or the thread was interrupted
    boolean awaitCertainty() {
        return pulse.isCertain() || pulse.await();
    }

    /// Beats and balances until [#close], or interrupted. Wakes up at once when its thread is unparked.
    void run() {
        while (!stopping && !Thread.currentThread().isInterrupted()) {
            tryRound();
            LockSupport.parkNanos(this, (nodes > 1 ? BEAT : LOOK_ALONE).toNanos());
        }
    }

    /// As [#round]; when the database does not answer, the next one connects anew.
    void tryRound() {
        try {
            round();
        } catch (RuntimeException e) {
            LOG.warn("this node could not renew its leases; will try again: {}", e.toString());
            disconnect();
        }
    }

    /// One beat, and what follows from what it shows.
    ///
    /// @throws RuntimeException when the database does not answer
    synchronized void round() {
        long sent = System.nanoTime();
        LeaseStore store = connection();
        if (node != null
                && nodes == 1
                && store.look(node).filter(this::isAllOurs).isPresent()) {
            pulse.beaten(sent);
            return;
        }
        Optional<LeaseStore.Glance> seen = node == null ? Optional.empty() : store.beat(node);
        if (seen.filter(this::isAllOurs).isPresent()) {
            pulse.beaten(sent);
            nodes = 1;
            return;
        }
        int me = seen.isPresent() && node != null ? node : register(store);
        dropLost(store, me);
        pulse.beaten(sent);

        List<LeaseStore.Other> others = living(store, me);
        nodes = 1 + others.size();
        if (leaving) {
            return;
        }
        List<Lease> working = held.stream().filter(Lease::isOpen).toList();
        int share = fairShare(others.stream().map(LeaseStore.Other::id).toList(), me);
        if (working.size() < share) {
            take(store, me, share - working.size());
        } else {
            long deadline = System.nanoTime() + DRAIN.toNanos();
            working.subList(share, working.size()).forEach(lease -> leave(lease, deadline));
        }
    }

    /// Whether this node is alone and has everything, as before.
    private boolean isAllOurs(LeaseStore.Glance seen) {
        return seen.nodes() == 1
                && held.size() == EventLog.SHARDS
                && held.stream().allMatch(Lease::isOpen)
                && seen.epochs() == held.stream().mapToLong(Lease::epoch).sum();
    }

    private int register(LeaseStore store) {
        if (node != null) {
            LOG.warn("node {} was taken for dead; it begins anew", node);
        }
        int id = store.register(database.name());
        if (leaving) {
            store.markLeaving(id);
        }
        node = id;
        // After the commit: whoever looks from now on sees that it is not alone.
        registered = System.nanoTime();
        return id;
    }

    /// Ends the leases that the database no longer confirms.
    private void dropLost(LeaseStore store, int me) {
        Map<Integer, LeaseStore.Holder> holders = store.holders().stream()
                .filter(holder -> holder.node().equals(Optional.of(me)))
                .collect(Collectors.toMap(LeaseStore.Holder::shard, Function.identity()));
        var kept = new ArrayList<Lease>();
        var lost = new ArrayList<Lease>();
        for (Lease lease : held) {
            LeaseStore.Holder mine = holders.remove(lease.shard());
            if (mine == null || mine.epoch() != lease.epoch()) {
                if (lease.isOpen()) {
                    lost.add(lease);
                }
                lease.end();
            } else if (!lease.hasEnded()) {
                kept.add(lease);
            }
        }
        held = List.copyOf(kept);
        if (!lost.isEmpty()) {
            LOG.warn("node {} has lost {}", me, lost);
        }
        holders.values().forEach(unknown -> store.giveBack(me, unknown));
    }

    /// The others that share the work, after the dead have been buried.
    private List<LeaseStore.Other> living(LeaseStore store, int me) {
        var living = new ArrayList<LeaseStore.Other>();
        for (LeaseStore.Other other : store.others(me, PATIENCE)) {
            boolean dead = (other.gone() || isSilent(other)) && bury(store, other);
            if (!dead && !other.leaving()) {
                living.add(other);
            }
        }
        return living;
    }

    /// Those that were alone until this node came have not beaten before.
    private boolean isSilent(LeaseStore.Other other) {
        return other.late() && System.nanoTime() - registered >= patienceAtFirst.toNanos();
    }

    private boolean bury(LeaseStore store, LeaseStore.Other dead) {
        boolean silent = isSilent(dead);
        if (silent) {
            store.cutOff(dead, PATIENCE);
        } else if (System.nanoTime() - mercyUntil < 0) {
            return false;
        }
        boolean buried = store.bury(dead.id());
        if (buried) {
            LOG.info("node {} is {}; its shards are free", dead.id(), silent ? "silent" : "gone");
        }
        return buried;
    }

    /// How many shards each node is to have: as many as the others, and those with the lowest ids one
    /// more as long as there are any.
    static int fairShare(Collection<Integer> others, int me) {
        int nodes = others.size() + 1;
        long before = others.stream().filter(other -> other < me).count();
        return EventLog.SHARDS / nodes + (before < EventLog.SHARDS % nodes ? 1 : 0);
    }

    private void take(LeaseStore store, int me, int most) {
        List<Lease> taken = store.take(me, most).stream()
                .map(shard -> new Lease(shard.shard(), shard.epoch(), shard.cursor(), pulse))
                .sorted(Comparator.comparingInt(Lease::shard))
                .toList();
        if (!taken.isEmpty()) {
            LOG.info("node {} has taken {}", me, taken);
            var all = new ArrayList<>(held);
            all.addAll(taken);
            held = List.copyOf(all);
        }
    }

    private void leave(Lease lease, long deadline) {
        lease.leave(deadline);
        onLeaving.accept(lease);
    }

    private LeaseStore connection() {
        if (open != null) {
            return open;
        }
        LeaseStore opened = LeaseStore.open(database);
        try {
            if (node != null) {
                opened.endSession(session, database.name());
                if (!opened.lock(node)) {
                    throw new IllegalStateException("the former session of node " + node + " is still there");
                }
                mercyUntil = System.nanoTime() + MERCY.toNanos();
            }
            session = opened.session();
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        open = opened;
        return opened;
    }

    private synchronized void disconnect() {
        if (open != null) {
            LeaseStore closing = open;
            open = null;
            try {
                closing.close();
            } catch (RuntimeException e) {
                LOG.debug("the broken connection could not be closed", e);
            }
        }
    }

    /// Gives all shards up, and takes no others. Returns when they are free, attempts under way and all;
    /// at the latest after some seconds.
    void handOver() {
        List<Lease> last;
        long deadline;
        synchronized (this) {
            leaving = true;
            deadline = System.nanoTime() + (nodes > 1 ? DRAIN : DRAIN_ALONE).toNanos();
            last = held;
            try {
                if (open != null && node != null) {
                    open.markLeaving(node);
                }
            } catch (RuntimeException e) {
                LOG.warn("the other nodes could not be told that this one stops: {}", e.toString());
            }
            for (Lease lease : last) {
                leave(lease, deadline);
            }
        }
        long patience = deadline + SETTLE.toNanos();
        while (!last.stream().allMatch(Lease::hasEnded) && System.nanoTime() - patience < 0) {
            LockSupport.parkNanos(this, Duration.ofMillis(5).toNanos());
        }
    }

    /// Ends [#run]; this process is no node any more. What it still has is lost.
    @Override
    public synchronized void close() {
        stopping = true;
        pulse.close();
        held.forEach(Lease::end);
        held = List.of();
        try {
            if (open != null && node != null) {
                // As if it were dead: the lock goes with the connection.
                LeaseStore store = open;
                int me = node;
                node = null;
                store.bury(me);
            }
        } catch (RuntimeException e) {
            LOG.warn("this node could not sign off; the others will notice: {}", e.toString());
        }
        disconnect();
    }
}

package no.budstikke.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import no.budstikke.database.Database;
import no.budstikke.event.CloudEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the subscriptions that match an event. In memory, read without locks; the cost of a look-up
/// depends on what matches, not on how many subscriptions there are. Follows the database: at once where
/// a change was made, on the other nodes with their next [#refresh()], which a notification brings
/// about. Design §4.2.
public final class SubscriptionIndex {

    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionIndex.class);

    /// How long a change is kept for the other nodes, and after what pause a node no longer relies on
    /// that.
    private static final Duration KEEP_CHANGES = Duration.ofDays(1);

    private static final Duration TOO_LATE_FOR_CHANGES = Duration.ofHours(12);
    private static final Duration BETWEEN_CLEANINGS = Duration.ofHours(1);

    private final Database database;
    private final SubscriptionStore store;
    private final Sources sources;
    private final Parties parties;
    private final List<IntConsumer> onDeleted = new CopyOnWriteArrayList<>();
    private final List<IntConsumer> onChanged = new CopyOnWriteArrayList<>();

    private volatile SubscriptionTable table;

    /// Guarded by this object's lock, as is every change of the table: reading the database and taking
    /// the change over happen under one lock, so that an older state never follows a newer one.
    private SubscriptionStore.@Nullable Horizon horizon;

    private Instant cleaned = Instant.MIN;

    SubscriptionIndex(Database database, SubscriptionStore store, Sources sources, Parties parties) {
        this.database = database;
        this.store = store;
        this.sources = sources;
        this.parties = parties;
        this.table = new SubscriptionTable(sources, parties);
    }

    /// The subscriptions with a validated endpoint whose filters all match, each once; disabled ones
    /// left out, paused ones not.
    public List<Subscription> matching(CloudEvent event) {
        return table.matching(event);
    }

    /// The subscription with that id, validated or not, as long as it exists.
    public Optional<Subscription> find(int id) {
        return table.find(id);
    }

    /// What tells for any event whether this subscription's filters let it through.
    public FilterCheck check(Subscription subscription) {
        return new FilterCheck(subscription.filters(), sources, parties);
    }

    /// How many subscriptions exist, validated or not.
    public int size() {
        return table.ids().size();
    }

    /// Has `action` told the id of every subscription that disappears, on every node, just after it
    /// stops to match. What fails in it is not told again. For use at start, before [#load()].
    public void onDeleted(IntConsumer action) {
        onDeleted.add(action);
    }

    /// Has `action` told the id of every subscription that has changed or disappeared, on every node,
    /// after [#find] knows. It must be quick and must not fail. For use at start, before [#load()].
    public void onChanged(IntConsumer action) {
        onChanged.add(action);
    }

    /// Reads all subscriptions. At start; until then nothing matches.
    public synchronized void load() {
        SubscriptionTable before = table;
        Loaded loaded = database.inTransaction(tx -> {
            // First the horizon: what commits while the rows are read is read again with the next refresh.
            SubscriptionStore.Horizon from = store.horizon(tx);
            var filling = new SubscriptionTable.Filling(new SubscriptionTable(sources, parties));
            store.forEach(tx, filling::add);
            return new Loaded(filling.full(), from);
        });
        table = loaded.table();
        horizon = loaded.from();
        before.ids().stream().filter(id -> table.find(id).isEmpty()).forEach(this::tellDeleted);
        before.ids().forEach(this::tellChanged);
    }

    private record Loaded(SubscriptionTable table, SubscriptionStore.Horizon from) {}

    /// Takes over what has changed since the last call: one indexed query when nothing has. To be called
    /// when something was told of ([no.budstikke.database.Changes]), and now and then.
    ///
    /// @throws RuntimeException when the database can't be asked; the next call makes up for it
    public synchronized void refresh() {
        SubscriptionStore.Horizon since = horizon;
        if (since == null) {
            load();
            return;
        }
        SubscriptionStore.Changes read = database.inTransaction(tx -> store.changesSince(tx, since));
        if (read.horizon().read().isAfter(since.read().plus(TOO_LATE_FOR_CHANGES))) {
            load();
            return;
        }
        for (SubscriptionStore.Change change : read.changes()) {
            take(change);
        }
        horizon = read.horizon();
        clean(read.horizon().read());
    }

    /// Reads the filters anew. To be called when the register of parties has changed.
    public synchronized void partiesChanged() {
        table.readAnew();
    }

    private void take(SubscriptionStore.Change change) {
        switch (change) {
            case SubscriptionStore.Change.Present(Subscription subscription) -> {
                table.put(subscription);
                tellChanged(subscription.id());
            }
            case SubscriptionStore.Change.Deleted(int id) -> {
                if (table.remove(id)) {
                    tellDeleted(id);
                    tellChanged(id);
                }
            }
        }
    }

    private void tellDeleted(int id) {
        onDeleted.forEach(action -> action.accept(id));
    }

    private void tellChanged(int id) {
        onChanged.forEach(action -> action.accept(id));
    }

    private void clean(Instant now) {
        if (cleaned.isBefore(now.minus(BETWEEN_CLEANINGS))) {
            database.useTransaction(tx -> store.forgetChanges(tx, now.minus(KEEP_CHANGES)));
            cleaned = now;
        }
    }

    /// Takes over a change that has just been committed here. It can't fail: the change stands, whatever
    /// happens.
    void refreshAfterCommit() {
        try {
            refresh();
        } catch (RuntimeException e) {
            LOG.warn(
                    "a changed subscription will take effect with the next poll, for the index could not be refreshed",
                    e);
        }
    }
}

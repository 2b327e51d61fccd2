package no.budstikke.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets one item of each key through at a time, in order, where some of the items wait in memory and the
/// others in a store that is written a little later and read now and then.
///
/// What it keeps: of each key, what is in memory comes before what is only in the store. So an item may
/// pass by the store only when nothing of its key can be there. What it knows of the store may be too
/// much, never too little: then an item takes the detour, and no harm is done. The store itself hands
/// out an item only when it has none of the same key before it.
///
/// Not safe for threads.
final class OrderGate<T> {

    /// What is to happen with an item.
    enum Verdict {
        /// It is the first of its key: it may go.
        GO,
        /// It waits in memory; [#over] will hand it out.
        WAIT,
        /// It is for the store, or stays there.
        STORE
    }

    /// Of each key that has an item on its way: those that wait behind it.
    private final Map<Long, Deque<T>> inMemory = new HashMap<>();
    /// How many items were sent to the store and are not yet known to be written.
    private final Map<Long, Integer> onTheWay = new HashMap<>();
    /// Keys that may have something in the store.
    private Set<Long> stored = new HashSet<>();
    /// Keys that were written since the count of the store began; null: none is under way.
    private @Nullable Set<Long> writtenMeanwhile;
    /// Keys of which something earlier than what the last look found may have come into the store since.
    private final Set<Long> doubtful = new HashSet<>();

    private boolean anythingStored;
    private int waiting;

    /// @param anythingStored whether the store may have items of any key
    OrderGate(boolean anythingStored) {
        this.anythingStored = anythingStored;
    }

    /// Takes a new item, which is later than all others of its key. On [Verdict#STORE] the caller has it
    /// written, and tells by [#written].
    ///
    /// @param room whether there is room in memory
    Verdict admit(long key, T item, boolean room) {
        boolean mayPass = room && !mayBeStored(key);
        if (!mayPass) {
            onTheWay.merge(key, 1, Integer::sum);
            return Verdict.STORE;
        }
        return take(key, item);
    }

    /// Takes an item that was found in the store by the look that began with [#lookBegins].
    Verdict resume(long key, T item) {
        return doubtful.contains(key) ? Verdict.STORE : take(key, item);
    }

    private Verdict take(long key, T item) {
        Deque<T> behind = inMemory.get(key);
        if (behind == null) {
            inMemory.put(key, new ArrayDeque<>(0));
            return Verdict.GO;
        }
        behind.add(item);
        waiting++;
        return Verdict.WAIT;
    }

    private boolean mayBeStored(long key) {
        return anythingStored || onTheWay.containsKey(key) || stored.contains(key);
    }

    /// The next one in line; null when there is none.
    @Nullable
    T behind(long key) {
        Deque<T> behind = inMemory.get(key);
        return behind == null ? null : behind.peek();
    }

    /// Takes the next one in line along with the one that goes; null when there is none.
    @Nullable
    T along(long key) {
        Deque<T> behind = inMemory.get(key);
        T next = behind == null ? null : behind.poll();
        if (next != null) {
            waiting--;
        }
        return next;
    }

    /// The one that went is over: the next one may go, which is returned.
    @Nullable
    T over(long key) {
        T next = along(key);
        if (next == null) {
            inMemory.remove(key);
        }
        return next;
    }

    /// Those that went (`count` of them) are sent to the store, to go once more. Those behind them,
    /// which are returned in order, must follow. The caller has all of them written, and tells by
    /// [#written] of each.
    List<T> putBack(long key, int count) {
        Deque<T> behind = inMemory.remove(key);
        List<T> followers = behind == null ? List.of() : new ArrayList<>(behind);
        waiting -= followers.size();
        onTheWay.merge(key, count + followers.size(), Integer::sum);
        doubtful.add(key);
        return followers;
    }

    /// One item of the key has been written to the store.
    void written(long key) {
        onTheWay.computeIfPresent(key, (_, count) -> count > 1 ? count - 1 : null);
        stored.add(key);
        if (writtenMeanwhile != null) {
            writtenMeanwhile.add(key);
        }
    }

    /// One item of the key that was sent to the store will not get there.
    void neverWritten(long key) {
        onTheWay.computeIfPresent(key, (_, count) -> count > 1 ? count - 1 : null);
    }

    /// A look into the store begins; what it finds is offered to [#resume].
    void lookBegins() {
        doubtful.clear();
        doubtful.addAll(onTheWay.keySet());
    }

    /// A count of the keys in the store begins.
    void countBegins() {
        writtenMeanwhile = new HashSet<>();
    }

    /// The count has found these.
    ///
    /// @param all whether these are all
    void counted(Collection<Long> keys, boolean all) {
        anythingStored = !all;
        stored = new HashSet<>(keys);
        if (writtenMeanwhile != null) {
            stored.addAll(writtenMeanwhile);
        }
        writtenMeanwhile = null;
    }

    /// Whether a count could open the way past the store for somebody.
    boolean wantsCount() {
        return anythingStored || !stored.isEmpty();
    }

    /// Items that wait in memory.
    int waiting() {
        return waiting;
    }

    /// Forgets what waits in memory, and returns it.
    List<T> clear() {
        List<T> all = inMemory.values().stream().flatMap(Collection::stream).toList();
        inMemory.clear();
        waiting = 0;
        return all;
    }
}

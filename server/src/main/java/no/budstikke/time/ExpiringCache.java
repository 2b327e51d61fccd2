package no.budstikke.time;

import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers that hold for a while, at most `capacity` of them, dropped from the oldest on. Safe for many
/// threads; reading takes no lock.
///
/// The answers are in two generations. When the younger one is full it becomes the older one, whose
/// answers are forgotten: whatever was worked out lately is still there, and nothing has to be counted
/// or sorted.
public final class ExpiringCache<K, V> {

    private final InstantSource time;
    private final int generationSize;
    private volatile Generations<K, V> generations = new Generations<>(null);
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    public ExpiringCache(InstantSource time, int capacity) {
        this.time = time;
        this.generationSize = Math.max(1, capacity / 2);
    }

    /// An answer, and the millisecond since 1970 from which on it does not hold any more; 0 for an
    /// answer that is not kept at all.
    public record Answer<V>(V value, long until) {}

    private static final class Generations<K, V> {

        private final ConcurrentHashMap<K, Answer<V>> young = new ConcurrentHashMap<>();
        private final @Nullable ConcurrentHashMap<K, Answer<V>> old;

        Generations(@Nullable ConcurrentHashMap<K, Answer<V>> old) {
            this.old = old;
        }

        @Nullable
        Answer<V> find(K key) {
            Answer<V> found = young.get(key);
            return found == null && old != null ? old.get(key) : found;
        }
    }

    /// The answer kept for `key`, else the one that `workOut` gives now. Two threads may work out the
    /// same answer at once. An answer that was begun before [#clear()] is not kept.
    public V get(K key, Function<? super K, Answer<V>> workOut) {
        Generations<K, V> now = generations;
        long millis = time.millis();
        Answer<V> known = now.find(key);
        if (known != null && millis < known.until()) {
            hits.increment();
            return known.value();
        }
        misses.increment();
        Answer<V> fresh = workOut.apply(key);
        if (millis < fresh.until()) {
            now.young.put(key, fresh);
            if (now.young.mappingCount() >= generationSize) {
                retire(now);
            }
        }
        return fresh.value();
    }

    private synchronized void retire(Generations<K, V> full) {
        if (generations == full) {
            generations = new Generations<>(full.young);
        }
    }

    /// Forgets everything.
    public synchronized void clear() {
        generations = new Generations<>(null);
    }

    /// How often an answer was known, and how often it had to be worked out, since the start.
    ///
    /// @param size how many answers are kept, expired ones included
    public record Figures(long hits, long misses, long size) {}

    /// As they stand now.
    public Figures figures() {
        return new Figures(hits.sum(), misses.sum(), size());
    }

    /// How many answers are kept, expired ones included.
    public long size() {
        Generations<K, V> now = generations;
        return now.young.mappingCount() + (now.old == null ? 0 : now.old.mappingCount());
    }
}

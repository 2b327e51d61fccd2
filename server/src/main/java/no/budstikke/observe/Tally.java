package no.budstikke.observe;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How often each of a few things happened. Counting takes no lock. Safe for many threads.
public final class Tally<E extends Enum<E>> {

    // Filled once, read-only afterwards.
    private final Map<E, LongAdder> counts;

    public Tally(Class<E> kinds) {
        counts = new EnumMap<>(kinds);
        for (E kind : kinds.getEnumConstants()) {
            counts.put(kind, new LongAdder());
        }
    }

    public void count(E kind) {
        adder(kind).increment();
    }

    public long of(E kind) {
        return adder(kind).sum();
    }

    private LongAdder adder(E kind) {
        LongAdder adder = counts.get(kind);
        if (adder == null) {
            throw new IllegalStateException("no such kind: " + kind);
        }
        return adder;
    }
}

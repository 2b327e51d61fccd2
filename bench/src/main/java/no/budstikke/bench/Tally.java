package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// What a receiver got of one run. Events of another run, and bodies that are no event of ours, are
/// strangers: a validation event, or a delivery that should not have been made. Safe for many threads.
final class Tally {

    /// So many events a run may have; some 2 million.
    static final int LARGEST_RUN = 1 << 21;
    private static final long LONGEST_MICROS = 600_000_000;
    private static final byte[] ID = {'"', 'i', 'd', '"'};
    private static final byte[] SENT = {'"', 's', 'e', 'n', 't', '"'};

    private final byte[] run;
    private final AtomicIntegerArray times = new AtomicIntegerArray(LARGEST_RUN);
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder strangers = new LongAdder();
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong firstSinceMark = new AtomicLong();
    private final ConcurrentHistogram latency = new ConcurrentHistogram(LONGEST_MICROS, 3);

    Tally(String run) {
        this.run = run.getBytes(ISO_8859_1);
    }

    /// Counts the event in `body` between two places, read at this time of the shared clock.
    void count(byte[] body, int from, int to, long micros) {
        int id = value(ID, body, from, to);
        int sent = value(SENT, body, from, to);
        if (id < 0
                || sent < 0
                || id + EventRequest.RUN_LENGTH + EventRequest.SEQUENCE_DIGITS > to
                || !isOurs(body, id)) {
            strangers.increment();
            return;
        }
        int sequence = (int) number(body, id + EventRequest.RUN_LENGTH, EventRequest.SEQUENCE_DIGITS);
        times.incrementAndGet(sequence);
        deliveries.increment();
        last.accumulateAndGet(micros, Math::max);
        if (firstSinceMark.get() == 0) {
            firstSinceMark.compareAndSet(0, micros);
        }
        long took = micros - number(body, sent, EventRequest.TIME_DIGITS);
        latency.recordValue(Math.clamp(took, 0, LONGEST_MICROS));
    }

    /// Where the text begins that is the member's value; -1 when there is none.
    private static int value(byte[] name, byte[] body, int from, int to) {
        search:
        for (int at = from; at + name.length < to; at++) {
            for (int i = 0; i < name.length; i++) {
                if (body[at + i] != name[i]) {
                    continue search;
                }
            }
            int behind = at + name.length;
            while (behind < to && (body[behind] == ':' || body[behind] == ' ')) {
                behind++;
            }
            return behind < to && body[behind] == '"' ? behind + 1 : -1;
        }
        return -1;
    }

    private boolean isOurs(byte[] body, int at) {
        for (int i = 0; i < run.length; i++) {
            if (body[at + i] != run[i]) {
                return false;
            }
        }
        return true;
    }

    private static long number(byte[] body, int at, int digits) {
        long number = 0;
        for (int i = at; i < at + digits; i++) {
            number = number * 10 + body[i] - '0';
        }
        return number;
    }

    long deliveries() {
        return deliveries.sum();
    }

    long strangers() {
        return strangers.sum();
    }

    /// When the last one came, by the shared clock.
    long last() {
        return last.get();
    }

    /// Forgets which was the first.
    void mark() {
        firstSinceMark.set(0);
    }

    /// When the first one came since [#mark()], by the shared clock; 0 when none has.
    long firstSinceMark() {
        return firstSinceMark.get();
    }

    Histogram latency() {
        return latency.copy();
    }

    /// The sequence numbers that came at least once.
    BitSet seen() {
        var seen = new BitSet();
        for (int sequence = 0; sequence < times.length(); sequence++) {
            if (times.get(sequence) > 0) {
                seen.set(sequence);
            }
        }
        return seen;
    }
}

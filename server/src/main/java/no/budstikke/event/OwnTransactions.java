package no.budstikke.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// What this node's transactions have appended, for the reader of the log, which then need not ask the
/// database for it. Transaction ids are given out one by one, and what a transaction has written is
/// fixed when it ends. So whoever has read everything below an id, and finds here what the transaction
/// of that id has appended, can miss nothing by going on from here. Decision 0014.
///
/// Knows only what it was told, and not more than fits: whatever is not here is in the database.
final class OwnTransactions {

    private static final int MOST_EVENTS = 5_000;
    private static final int MOST_CHARS = 8_000_000;

    private final TreeMap<Long, Ended> ended = new TreeMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private int interruptions;
    private int events;
    private int chars;

    /// What came of a transaction.
    private record Ended(List<LoggedEvent> appended, int chars) {}

    /// A transaction begins that will be told of here if all goes well.
    void begin() {
        underWay.incrementAndGet();
    }

    /// It is over, and was told of or not.
    void end() {
        underWay.decrementAndGet();
    }

    /// Whether there may soon be more to know.
    boolean areUnderWay() {
        return underWay.get() > 0;
    }

    /// After the commit of the transaction `xid`, and before the reader is woken; of one that appends
    /// nothing, whatever becomes of it, at any time.
    ///
    /// @param appended all that it has appended, in the order of the log; may be empty
    synchronized void ended(long xid, List<LoggedEvent> appended) {
        int size = appended.stream()
                .mapToInt(logged -> logged.event().json().length())
                .sum();
        if (events + appended.size() <= MOST_EVENTS && chars + size <= MOST_CHARS && ended.size() < MOST_EVENTS) {
            ended.put(xid, new Ended(appended, size));
            events += appended.size();
            chars += size;
        }
    }

    /// The database went away under a transaction. Ids that it had given out and not yet put on disk may
    /// be given out again, to transactions of which nothing is known here.
    synchronized void interrupted() {
        interruptions++;
        ended.clear();
        events = 0;
        chars = 0;
    }

    /// How often that has happened.
    synchronized int interruptions() {
        return interruptions;
    }

    /// Whether it is known what the transaction `xid` has appended.
    synchronized boolean knows(long xid) {
        return ended.containsKey(xid);
    }

    /// A run of transactions without a gap.
    ///
    /// @param end the id after that of the last one
    record Run(List<LoggedEvent> events, long end) {}

    /// What the transactions from `xid` on have appended, as far as that is known without a gap; empty
    /// when not even the first is known, or has appended more than `limit`, or the database was away.
    ///
    /// @param limit of events
    /// @param interruptions of which the caller knows
    synchronized Optional<Run> from(long xid, int limit, int interruptions) {
        if (interruptions != this.interruptions) {
            return Optional.empty();
        }
        var run = new ArrayList<LoggedEvent>();
        long next = xid;
        Ended known = ended.get(next);
        while (known != null && known.appended().size() <= limit - run.size()) {
            run.addAll(known.appended());
            next++;
            known = ended.get(next);
        }
        return next == xid ? Optional.empty() : Optional.of(new Run(run, next));
    }

    /// Forgets the transactions below `xid`: they have been read.
    synchronized void forgetBelow(long xid) {
        var read = ended.headMap(xid);
        for (Ended known : read.values()) {
            events -= known.appended().size();
            chars -= known.chars();
        }
        read.clear();
    }
}

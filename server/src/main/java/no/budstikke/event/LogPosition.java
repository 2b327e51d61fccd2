package no.budstikke.event;

/// A place in the log. The order of the log is that of commits: by transaction, then by row. Design
/// §4.1.
///
/// @param xid the inserting transaction's id (64 bits, never reused)
/// @param position the row's identity value; orders only within one transaction
public record LogPosition(long xid, long position) implements Comparable<LogPosition> {

    /// Before every event.
    public static final LogPosition START = new LogPosition(0, 0);

    /// After every event of the transactions below `xid`, and before all others.
    public static LogPosition before(long xid) {
        return new LogPosition(xid - 1, Long.MAX_VALUE);
    }

    /// Whether all of one transaction's events come before it and all of the next one's after it.
    public boolean isBetweenTransactions() {
        return position == Long.MAX_VALUE;
    }

    @Override
    public int compareTo(LogPosition other) {
        int byTransaction = Long.compare(xid, other.xid);
        return byTransaction != 0 ? byTransaction : Long.compare(position, other.position);
    }
}

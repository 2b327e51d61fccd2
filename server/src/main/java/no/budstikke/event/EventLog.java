package no.budstikke.event;

import java.util.List;
import no.budstikke.database.Transaction;

/// The log: append-only, in commit order, `(source, id)` unique. Design §4.1.
public final class EventLog {

    /// Into how many shards the log is dealt, so that several nodes can share the reading.
    public static final int SHARDS = 16;

    /// Appends events in the caller's transaction, so that a state change and its events stand or fall
    /// together. What
    /// is there already is left alone.
    /// Readers are woken after the commit.
    public void append(Transaction tx, List<CloudEvent> events) {
        no.budstikke.time.Seam.missing(tx, events);
    }
}

package no.budstikke.event;

import no.budstikke.database.Database;

/// A reader of the log for tests in other rooms.
public final class TestFeed {

    private TestFeed() {}

    public static EventFeed of(Database database) {
        return new EventFeed(database, new CommitSignal(), new OwnTransactions());
    }

    /// The log, whose readers are not woken.
    public static EventLog log(Database database) {
        return new EventLog(database, new CommitSignal(), new OwnTransactions());
    }
}

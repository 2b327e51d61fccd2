package no.budstikke.database;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// An open transaction. Whoever opened it hands it on as the first argument; nobody keeps it. Confined to
/// one thread.
public final class Transaction {

    private final Handle handle;
    private final List<Runnable> afterCommit = new ArrayList<>();

    Transaction(Handle handle) {
        this.handle = handle;
    }

    /// For SQL through Jdbi.
    public Handle handle() {
        return handle;
    }

    /// For SQL through plain JDBC, where a statement is hot.
    public Connection connection() {
        return handle.getConnection();
    }

    /// Runs `action` once this transaction has been committed, on the same thread; never when it is
    /// rolled back. It
    /// must be quick and must not
    /// fail: what has to happen in any case belongs into the transaction.
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}

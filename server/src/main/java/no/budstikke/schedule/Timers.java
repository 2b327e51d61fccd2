package no.budstikke.schedule;

import java.time.Instant;
import no.budstikke.database.Transaction;

/// Durable timers. A timer is a name and an id; what it does is told once, at start ([#on]), and it is
/// set in the
/// same
/// transaction as the change that
/// calls for it. It fires at least once; a handler that throws is tried again, later and later.
public final class Timers {

    /// What a timer of some name does.
    @FunctionalInterface
    public interface Action {

        /// Does it for that id. `attempt` counts from 1.
        ///
        /// @throws RuntimeException to be tried again
        void run(String id, int attempt);
    }

    /// Tells what timers called `name` do. Before [#start].
    public void on(String name, Action action) {
        no.budstikke.time.Seam.missing(name, action);
    }

    /// Sets the timer `(name, id)` to fire at `due`, or moves it there. Fires promptly when `due` has
    /// come.
    public void set(Transaction tx, String name, String id, Instant due) {
        no.budstikke.time.Seam.missing(tx, name, id, due);
    }
}

package no.budstikke.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what has changed in the database, by whomever, a moment after the commit: triggers and [#tell]
/// notify, and one thread listens on a connection of its own. So nobody has to ask again and again.
/// Decision 0015.
///
/// What is told while the connection is down is lost; therefore everybody is told when it is up again.
/// Whoever relies on it still asks now and then.
public final class Changes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private static final String CHANNEL = "budstikke";
    /// Before a connection that nothing came from is asked whether it still stands. It can't be noticed
    /// earlier when the other side has vanished without a word.
    private static final Duration QUIET = Duration.ofSeconds(30);
    private static final Duration RECONNECT = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(5);

    /// What may have changed.
    public enum Topic {
        /// Subscriptions.
        SUBSCRIPTION,
        /// Secrets and credentials of subscriptions, and signing keys.
        CREDENTIAL,
        /// Parties or resources ([RegisterVersion]).
        REGISTER,
        /// A replay was ordered.
        REPLAY,
        /// Deliveries are to be made once more.
        REDELIVERY,
        /// A node came or went.
        NODE;

        private final String word = name().toLowerCase(Locale.ROOT);
    }

    private record Listener(Topic topic, Runnable action) {}

    private final Database database;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Thread listening;

    public Changes(Database database) {
        this.database = database;
    }

    /// Has `action` called after every change of that kind, on any node, and whenever changes may have
    /// been missed. It is called on the one thread that listens: it must be quick, and wake whoever does
    /// the work.
    public void on(Topic topic, Runnable action) {
        listeners.add(new Listener(topic, action));
    }

    /// Tells all nodes of a change that no trigger tells of. They hear of it with the commit. Not for
    /// what happens often: transactions that tell something commit one after the other.
    public static void tell(Transaction tx, Topic topic) {
        tx.handle()
                .createQuery("select pg_notify(:channel, :topic)::text")
                .bind("channel", CHANNEL)
                .bind("topic", topic.word)
                .mapTo(String.class)
                .one();
    }

    /// Begins to listen.
    public synchronized void start() {
        // Virtual, because an interrupt then ends a wait for the network, too.
        listening = Thread.ofVirtual().name("changes").start(this::run);
    }

    /// Has everybody look anew.
    public void tellAll() {
        listeners.forEach(listener -> listener.action().run());
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try (Handle connection = database.openOutsidePool()) {
                connection.execute("listen " + CHANNEL);
                // What was told before has not been heard.
                tellAll();
                listen(connection);
            } catch (SQLException | RuntimeException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    LOG.warn(
                            "changes made by others are noticed late, until there is a new connection: {}",
                            e.toString());
                }
            }
            LockSupport.parkNanos(this, RECONNECT.toNanos());
        }
    }

    /// Returns when interrupted, or throws.
    private void listen(Handle connection) throws SQLException {
        PGConnection notified = connection.getConnection().unwrap(PGConnection.class);
        while (!Thread.currentThread().isInterrupted()) {
            PGNotification[] heard = notified.getNotifications((int) QUIET.toMillis());
            if (heard == null || heard.length == 0) {
                connection.execute("select 1");
            } else {
                for (PGNotification each : heard) {
                    tellOf(each.getParameter());
                }
            }
        }
    }

    private void tellOf(String word) {
        for (Listener listener : listeners) {
            if (listener.topic().word.equals(word)) {
                listener.action().run();
            }
        }
    }

    /// Tells nobody any more.
    @Override
    public synchronized void close() {
        Thread thread = listening;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

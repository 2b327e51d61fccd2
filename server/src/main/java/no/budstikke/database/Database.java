package no.budstikke.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the database: opens transactions and closes them again. A transaction is short: no HTTP
/// call, no file, no decision point inside, because one that stays open holds back every reader of the
/// event log (design §4.4).
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /// For a connection outside the pool: to connect, and to wait for one answer.
    private static final Duration OUTSIDE_PATIENCE = Duration.ofSeconds(5);

    private final Address address;
    private final String name;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(Address address, String name, HikariDataSource pool) {
        this.address = address;
        this.name = name;
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
    }

    /// How to reach a database. `sessionTimeZone` is for tests, which use a strange one so that a zone
    /// bug can't hide.
    ///
    /// @param poolSize connections kept at most
    public record Address(String jdbcUrl, String user, String password, int poolSize, String sessionTimeZone) {

        public Address(String jdbcUrl, String user, String password, int poolSize) {
            this(jdbcUrl, user, password, poolSize, "UTC");
        }

        /// Set, not only given as a property of the connection: the address may name an application,
        /// too.
        private String sessionSettings(String name) {
            return "set time zone '%s'; set idle_in_transaction_session_timeout = '60s'; set application_name = '%s'"
                    .formatted(sessionTimeZone, name);
        }
    }

    /// Connects, and brings the schema up to date.
    ///
    /// @throws DatabaseUnusable when it can't be reached, or a migration fails
    public static Database connect(Address address) {
        String name = "budstikke-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 50), 36);
        var config = new HikariConfig();
        config.setPoolName("budstikke");
        config.setJdbcUrl(address.jdbcUrl());
        config.setUsername(address.user());
        config.setPassword(address.password());
        config.setMaximumPoolSize(address.poolSize());
        config.setConnectionTimeout(Duration.ofSeconds(30).toMillis());
        // Bounds how long a forgotten transaction can hold back the readers of the log.
        config.setConnectionInitSql(address.sessionSettings(name));
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("prepareThreshold", "3");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new DatabaseUnusable("can't connect to " + address.jdbcUrl() + ": " + e.getMessage(), e);
        }
        try {
            Flyway.configure().dataSource(pool).load().migrate();
        } catch (RuntimeException e) {
            pool.close();
            throw new DatabaseUnusable(
                    "can't bring the schema of " + address.jdbcUrl() + " up to date: " + e.getMessage(), e);
        }
        return new Database(address, name, pool);
    }

    /// Runs `work` in one transaction: committed when it returns, rolled back when it throws.
    public <T> T inTransaction(Function<Transaction, T> work) {
        Transaction[] opened = new Transaction[1];
        T result = jdbi.inTransaction(handle -> {
            opened[0] = new Transaction(handle);
            return work.apply(opened[0]);
        });
        opened[0].committed();
        return result;
    }

    /// As [#inTransaction(Function)], for work without a result.
    public void useTransaction(Consumer<Transaction> work) {
        inTransaction(tx -> {
            work.accept(tx);
            return tx;
        });
    }

    /// The pool, for libraries that open their own connections (timers). Connections come with
    /// auto-commit off.
    public DataSource dataSource() {
        return pool;
    }

    /// A connection outside the pool's usual short loans, for a thread that works on it for long (the
    /// log's writers and readers). The caller closes it, and opens a new one when it breaks.
    public Handle openHandle() {
        return jdbi.open();
    }

    /// The pool of connections as it stands now.
    public PoolFigures figures() {
        var now = pool.getHikariPoolMXBean();
        return new PoolFigures(
                now.getActiveConnections(),
                now.getIdleConnections(),
                now.getThreadsAwaitingConnection(),
                pool.getMaximumPoolSize());
    }

    /// What all sessions from here are called in `pg_stat_activity` (`application_name`): no other
    /// process has it.
    public String name() {
        return name;
    }

    /// A connection that nobody has to wait for, in auto-commit mode. Whoever asks gives up after five
    /// seconds without an answer. The caller closes it, and opens a new one when it breaks.
    public Handle openOutsidePool() {
        var properties = new Properties();
        if (!address.user().isEmpty()) {
            properties.setProperty("user", address.user());
        }
        if (!address.password().isEmpty()) {
            properties.setProperty("password", address.password());
        }
        properties.setProperty("prepareThreshold", "3");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Long.toString(OUTSIDE_PATIENCE.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(OUTSIDE_PATIENCE.toSeconds()));
        Handle opened = Jdbi.open(() -> DriverManager.getConnection(address.jdbcUrl(), properties));
        try {
            opened.execute(address.sessionSettings(name));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// Whether the database answers a question within that time.
    public boolean answers(Duration patience) {
        var answer = new CompletableFuture<Boolean>();
        Thread.ofVirtual().start(() -> answer.complete(isAsked()));
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isAsked() {
        try {
            useTransaction(tx -> tx.handle().execute("select 1"));
            return true;
        } catch (RuntimeException e) {
            LOG.warn("the database does not answer: {}", e.toString());
            return false;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}

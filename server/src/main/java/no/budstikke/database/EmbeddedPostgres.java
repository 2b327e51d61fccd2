package no.budstikke.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL server of our own, as a child process, on a data directory that lives on between runs. Durable: what
/// was
/// committed survives a kill of either process and a power cut.
///
/// It listens on 127.0.0.1 only, on a port chosen at the start, and asks for a password that is kept in the data
/// directory. When the server process dies, it is started again on the same port; whoever uses it sees broken
/// connections for a moment and connects again.
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final String HOST = "127.0.0.1";

    /// Below the range from which kernels take the ports of outgoing connections: such a connection could otherwise
    /// hold
    /// our port when the server must be started on it again.
    private static final int LOWEST_PORT = 20_000;

    private static final int HIGHEST_PORT = 32_000;
    private static final int PORTS_TRIED = 20;

    private static final int FAILURES_BORNE = 5;
    private static final Duration FAILURES_COUNTED = Duration.ofMinutes(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT_FOR_CLOSE = Duration.ofMinutes(1);

    /// What an operator, or a health check, can be told.
    public sealed interface State {

        record Running() implements State {}

        /// The server process died and is being started again.
        record Restarting() implements State {}

        /// It died too often; nothing more is tried until this process is started anew.
        record GivenUp(String reason) implements State {}

        record Closed() implements State {}
    }

    private final DataDirectoryLock lock;
    private final Cluster cluster;
    private final int port;
    private final String password;
    private final Thread watcher;

    private volatile State state = new State.Running();
    private volatile Process postmaster;
    private volatile boolean closing;
    private final AtomicInteger restarts = new AtomicInteger();

    private EmbeddedPostgres(DataDirectoryLock lock, Cluster cluster, Started first, String password) {
        this.lock = lock;
        this.cluster = cluster;
        this.port = first.port();
        this.postmaster = first.postmaster();
        this.password = password;
        this.watcher = Thread.ofPlatform().name("postgresql").daemon().unstarted(this::watch);
    }

    private record Started(Process postmaster, int port) {}

    /// Starts on `dataDirectory`, which is made when it is missing; PostgreSQL's own files are in `postgresql` below
    /// it.
    ///
    /// @throws DataDirectoryInUse when another live process works on the directory
    /// @throws EmbeddedPostgresFailed when PostgreSQL can't be prepared or started
    public static EmbeddedPostgres start(Path dataDirectory) {
        long begun = System.nanoTime();
        Path data;
        try {
            data = Files.createDirectories(dataDirectory).toRealPath();
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("The data directory %s can't be made: %s".formatted(dataDirectory, e), e);
        }
        DataDirectoryLock lock = DataDirectoryLock.take(data);
        @Nullable EmbeddedPostgres started = null;
        try {
            started = start(data, lock);
            LOG.info(
                    "PostgreSQL {} (process {}) listens on {}:{}, data in {}, started in {} ms",
                    PostgresBinaries.MAJOR_VERSION,
                    started.pid(),
                    HOST,
                    started.port,
                    data,
                    (System.nanoTime() - begun) / 1_000_000);
            return started;
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("PostgreSQL could not be started on %s: %s".formatted(data, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresFailed("The start of PostgreSQL on %s was interrupted".formatted(data), e);
        } finally {
            if (started == null) {
                lock.close();
            }
        }
    }

    private static EmbeddedPostgres start(Path data, DataDirectoryLock lock) throws IOException, InterruptedException {
        Unprivileged user = Unprivileged.choose(Cluster.directoryIn(data));
        var cluster = new Cluster(data, PostgresBinaries.home(user), user);
        cluster.make();
        String password = cluster.password();
        cluster.settle();
        var postgres = new EmbeddedPostgres(lock, cluster, firstStart(cluster, data), password);
        postgres.watcher.start();
        return postgres;
    }

    private static Started firstStart(Cluster cluster, Path data) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < PORTS_TRIED; attempt++) {
            int port = freePort();
            switch (cluster.start(port)) {
                case Cluster.Launch.Ready(Process postmaster) -> {
                    return new Started(postmaster, port);
                }
                case Cluster.Launch.PortTaken() -> LOG.debug("Port {} was taken between choice and start", port);
                case Cluster.Launch.Died(String complaint) ->
                    throw new EmbeddedPostgresFailed("PostgreSQL did not start on %s: %s (more in postgresql.log there)"
                            .formatted(data, complaint));
            }
        }
        throw new EmbeddedPostgresFailed(
                "PostgreSQL found no free port from %d to %d".formatted(LOWEST_PORT, HIGHEST_PORT));
    }

    private static int freePort() throws IOException {
        var random = ThreadLocalRandom.current();
        for (int attempt = 0; attempt < PORTS_TRIED; attempt++) {
            int port = random.nextInt(LOWEST_PORT, HIGHEST_PORT + 1);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
                return port;
            } catch (IOException _) {
                // taken: the next one
            }
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
            return socket.getLocalPort();
        }
    }

    /// The address of the database; the same for the whole life of this object.
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/postgres".formatted(HOST, port);
    }

    public String user() {
        return Cluster.USER;
    }

    public String password() {
        return password;
    }

    /// The process number of the server that runs, or of the last one that ran.
    public long pid() {
        return postmaster.pid();
    }

    public State state() {
        return state;
    }

    /// How often the server process died and was up again.
    public int restarts() {
        return restarts.get();
    }

    /// The watcher's life: it alone starts and stops the server once this object exists.
    private void watch() {
        Deque<Long> failures = new ArrayDeque<>();
        try {
            while (true) {
                int status = postmaster.waitFor();
                if (closing) {
                    return;
                }
                state = new State.Restarting();
                LOG.warn(
                        "PostgreSQL (process {}) ended with status {}; starting it again on port {}",
                        postmaster.pid(),
                        status,
                        port);
                if (!restarted(failures)) {
                    return;
                }
            }
        } catch (InterruptedException _) {
            stop();
        }
    }

    /// False when it has been given up.
    private boolean restarted(Deque<Long> failures) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        String complaint = "it died again and again";
        while (bearable(failures)) {
            try {
                cluster.settle();
                switch (cluster.start(port)) {
                    case Cluster.Launch.Ready(Process again) -> {
                        postmaster = again;
                        restarts.incrementAndGet();
                        state = new State.Running();
                        LOG.info("PostgreSQL is up again as process {} on port {}", again.pid(), port);
                        return true;
                    }
                    case Cluster.Launch.PortTaken() -> complaint = "port " + port + " was taken by another program";
                    case Cluster.Launch.Died(String why) -> complaint = why;
                }
            } catch (IOException e) {
                complaint = e.toString();
            }
            LOG.warn("PostgreSQL could not be started again: {}", complaint);
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
        state = new State.GivenUp(complaint);
        LOG.error(
                "PostgreSQL failed more than {} times within {} seconds and is given up: {}. Restart the server",
                FAILURES_BORNE,
                FAILURES_COUNTED.toSeconds(),
                complaint);
        return false;
    }

    private static boolean bearable(Deque<Long> failures) {
        long now = System.nanoTime();
        failures.addLast(now);
        while (now - failures.getFirst() > FAILURES_COUNTED.toNanos()) {
            failures.removeFirst();
        }
        return failures.size() <= FAILURES_BORNE;
    }

    private void stop() {
        try {
            cluster.stop(postmaster.toHandle());
        } catch (InterruptedException _) {
            postmaster.destroyForcibly();
        }
    }

    /// Cuts off all sessions, lets the server write everything to disk and gives the directory back. May be called from
    /// a shutdown hook, and more than once.
    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        closing = true;
        watcher.interrupt();
        boolean ended;
        try {
            ended = watcher.join(LONGEST_WAIT_FOR_CLOSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            ended = false;
        }
        if (!ended) {
            LOG.warn("PostgreSQL (process {}) is still stopping; the data directory is given back", postmaster.pid());
        }
        state = new State.Closed();
        lock.close();
    }
}

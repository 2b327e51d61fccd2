package no.budstikke.database;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One PostgreSQL data directory and the processes on it: how it is made, started, stopped, and tidied
/// after a crash. Used by one thread at a time.
final class Cluster {

    static final String USER = "budstikke";

    /// Beside PostgreSQL's own files, so that the two can't be separated.
    private static final String PASSWORD_FILE = "budstikke.password";

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private static final Duration LEAVE_BY_THEMSELVES = Duration.ofSeconds(2);
    private static final Duration FAST_SHUTDOWN = Duration.ofSeconds(30);
    private static final Duration IMMEDIATE_SHUTDOWN = Duration.ofSeconds(5);
    private static final Duration SAY_STILL_RECOVERING = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 5;
    private static final long LOG_KEPT_BYTES = 8 << 20;

    /// What the server must not be without, and sizes for a laptop with two cores. Given on the command
    /// line, so that no file in the directory can weaken it; what is not named here can be set in the
    /// directory's `postgresql.conf`.
    private static final List<String> SERVER_SETTINGS = List.of(
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=60",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
            "checkpoint_timeout=15min",
            "random_page_cost=1.1",
            // As much as by default, in fewer steps: an idle server is to sleep.
            "bgwriter_delay=1s",
            "bgwriter_lru_maxpages=500",
            "jit=off",
            "lc_messages=C");

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path data;
    private final Path directory;
    private final Path log;
    private final Path binaries;
    private final Unprivileged user;

    /// @param data the server's data directory, by its real path; the cluster is or will be `postgresql`
    ///     in it
    Cluster(Path data, Path binaries, Unprivileged user) {
        this.data = data;
        this.directory = directoryIn(data);
        this.log = data.resolve("postgresql.log");
        this.binaries = binaries;
        this.user = user;
    }

    static Path directoryIn(Path data) {
        return data.resolve("postgresql");
    }

    /// Makes the cluster unless there is one. It appears under its name only when it is whole and on
    /// disk, so a crash while it is made leaves nothing that could be taken for data.
    void make() throws IOException, InterruptedException {
        if (Files.exists(directory)) {
            checkVersion();
            user.own(directory);
            return;
        }
        Path partial = data.resolve("postgresql.partial");
        Path password = data.resolve("postgresql.partial.password");
        PostgresBinaries.deleteTree(partial);
        Files.deleteIfExists(password);
        Files.createDirectory(
                partial, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(password, OWNER_ONLY);
        Files.writeString(password, newPassword());
        user.own(partial);
        user.own(password);
        run(
                "initdb",
                "--pgdata=" + partial,
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                // saves initdb the search for what the machine could bear; SERVER_SETTINGS decide
                "--set=max_connections=20",
                "--set=shared_buffers=16MB");
        Files.move(password, partial.resolve(PASSWORD_FILE));
        sync(partial.resolve(PASSWORD_FILE));
        Files.move(partial, directory, ATOMIC_MOVE);
        sync(data);
    }

    String password() throws IOException {
        return Files.readString(directory.resolve(PASSWORD_FILE)).strip();
    }

    private void checkVersion() throws IOException {
        Path versionFile = directory.resolve("PG_VERSION");
        String version =
                Files.exists(versionFile) ? Files.readString(versionFile).strip() : "none";
        if (!version.equals(PostgresBinaries.MAJOR_VERSION)) {
            throw new EmbeddedPostgresFailed("%s is no data directory of PostgreSQL %s (its PG_VERSION: %s)"
                    .formatted(directory, PostgresBinaries.MAJOR_VERSION, version));
        }
    }

    private static String newPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(binaries.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        Process process = builder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new EmbeddedPostgresFailed("%s failed on %s: %s"
                    .formatted(program, directory, complaint(output.lines().toList())));
        }
    }

    private ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(user.command(command));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /// What became of an attempt to start the server.
    sealed interface Launch {

        record Ready(Process postmaster) implements Launch {}

        /// Somebody else listens on the port.
        record PortTaken() implements Launch {}

        /// The server ended before it was ready; its last complaint.
        record Died(String complaint) implements Launch {}
    }

    /// Starts the server on the port and waits until it accepts connections, however long it recovers
    /// from a crash. Interrupted, it stops the server again.
    Launch start(int port) throws IOException, InterruptedException {
        if (Files.exists(log) && Files.size(log) > LOG_KEPT_BYTES) {
            Files.move(log, data.resolve("postgresql.log.old"), REPLACE_EXISTING);
        }
        if (!Files.exists(log)) {
            Files.createFile(log, OWNER_ONLY); // it quotes statements that failed
        }
        long logStart = Files.size(log);
        List<String> command = new ArrayList<>();
        if (hasSetsid()) {
            // In the terminal's process group a Ctrl-C would stop the database before the server has drained.
            command.add("setsid");
        }
        command.add(binaries.resolve("bin/postgres").toString());
        command.addAll(List.of("-D", directory.toString(), "-p", Integer.toString(port)));
        for (String setting : SERVER_SETTINGS) {
            command.addAll(List.of("-c", setting));
        }
        var builder = builder(command);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process postmaster = builder.start();
        try {
            long lastSaid = System.nanoTime();
            while (postmaster.isAlive()) {
                if (PostmasterFile.read(directory)
                        .filter(file -> file.pid() == postmaster.pid() && file.ready())
                        .isPresent()) {
                    return new Launch.Ready(postmaster);
                }
                if (System.nanoTime() - lastSaid > SAY_STILL_RECOVERING.toNanos()) {
                    LOG.info("PostgreSQL on {} is still recovering", directory);
                    lastSaid = System.nanoTime();
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            stop(postmaster.toHandle());
            throw e;
        }
        List<String> said = linesFrom(logStart);
        return said.stream().anyMatch(line -> line.contains("could not bind"))
                ? new Launch.PortTaken()
                : new Launch.Died(complaint(said));
    }

    private static boolean hasSetsid() {
        return Files.isExecutable(Path.of("/usr/bin/setsid")) || Files.isExecutable(Path.of("/bin/setsid"));
    }

    private List<String> linesFrom(long start) throws IOException {
        try (var in = Files.newInputStream(log)) {
            in.skipNBytes(start);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /// The line that says what went wrong, without time and process number.
    private static String complaint(List<String> lines) {
        List<String> bad = lines.stream()
                .filter(line -> line.matches(".*(FATAL|PANIC|error):.*"))
                .toList();
        List<String> telling =
                bad.isEmpty() ? lines.stream().filter(line -> !line.isBlank()).toList() : bad;
        return telling.isEmpty() ? "it said nothing" : telling.getLast().replaceFirst("^.*?(FATAL|PANIC|error): *", "");
    }

    /// Brings the directory to where a server can be started on it: stops a server that outlived the
    /// process that started it, waits for the sessions of one that was killed, takes away a
    /// `postmaster.pid` that names another program's process. The caller holds the directory's lock:
    /// nobody else may be here.
    void settle() throws IOException, InterruptedException {
        Optional<PostmasterFile> file = PostmasterFile.read(directory);
        if (file.isEmpty()) {
            return;
        }
        long pid = file.get().pid();
        Optional<ProcessHandle> named = ProcessHandle.of(pid);
        if (named.isPresent() && isOurs(named.get())) {
            LOG.info("Stopping PostgreSQL (process {}), which a killed process left on {}", pid, directory);
            stop(named.get());
        } else if (named.isPresent()) {
            LOG.info("{} in {} is stale: process {} is no server on it", PostmasterFile.NAME, directory, pid);
            Files.delete(directory.resolve(PostmasterFile.NAME));
        } else {
            LOG.info("{} in {} is stale: process {} is gone", PostmasterFile.NAME, directory, pid);
        }
        sendHome();
    }

    /// Sessions notice the death of their server by themselves, unless they are in the middle of a long
    /// statement.
    private void sendHome() throws InterruptedException {
        long begun = System.nanoTime();
        for (List<ProcessHandle> left = processes(); !left.isEmpty(); left = processes()) {
            if (System.nanoTime() - begun > LEAVE_BY_THEMSELVES.toNanos()) {
                left.forEach(ProcessHandle::destroyForcibly);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private List<ProcessHandle> processes() {
        return Files.isDirectory(Path.of("/proc/self"))
                ? ProcessHandle.allProcesses().filter(this::isOurs).toList()
                : List.of(); // PostgreSQL itself refuses to start beside them, which the caller sees and tries again
    }

    /// Whether the process is PostgreSQL at work on this directory. A finished one that nobody has
    /// waited for is not.
    private boolean isOurs(ProcessHandle process) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        if (Files.isDirectory(Path.of("/proc/self"))) {
            try {
                // The name goes on with " (deleted)" when the cache was emptied under a running server.
                return Files.readSymbolicLink(proc.resolve("exe"))
                                .getFileName()
                                .toString()
                                .startsWith("postgres")
                        && Files.readSymbolicLink(proc.resolve("cwd")).equals(directory);
            } catch (IOException _) {
                return false;
            }
        }
        return process.isAlive()
                && process.info()
                        .commandLine()
                        .filter(line -> line.contains("postgres") && line.contains(directory.toString()))
                        .isPresent();
    }

    /// Ends the server: sessions are cut off and everything is on disk. Goes over to harder means when
    /// that takes too long; the next start then recovers from the log.
    void stop(ProcessHandle postmaster) throws InterruptedException {
        if (isOurs(postmaster)
                && !signalled("INT", postmaster, FAST_SHUTDOWN)
                && !signalled("QUIT", postmaster, IMMEDIATE_SHUTDOWN)) {
            LOG.warn("PostgreSQL (process {}) does not stop; killing it", postmaster.pid());
            postmaster.destroyForcibly();
            gone(postmaster, IMMEDIATE_SHUTDOWN);
            sendHome();
        }
    }

    private boolean signalled(String signal, ProcessHandle postmaster, Duration patience) throws InterruptedException {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + postmaster.pid())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            LOG.warn("PostgreSQL (process {}) could not be sent {}", postmaster.pid(), signal, e);
            return false;
        }
        return gone(postmaster, patience);
    }

    private boolean gone(ProcessHandle postmaster, Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (isOurs(postmaster)) {
            if (System.nanoTime() - begun > patience.toNanos()) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }
}

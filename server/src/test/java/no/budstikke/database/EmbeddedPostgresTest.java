package no.budstikke.database;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// A data directory that was closed properly; making one takes longer than most tests.
    @TempDir
    private static Path made;

    @TempDir
    private Path data;

    @TempDir
    private Path elsewhere;

    @BeforeAll
    static void make() {
        EmbeddedPostgres.start(made).close();
    }

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> tree = Files.walk(made)) {
            for (Path each : (Iterable<Path>) tree.filter(path -> !path.equals(made))::iterator) {
                Files.copy(each, data.resolve(made.relativize(each)), COPY_ATTRIBUTES);
            }
        }
    }

    @Test
    void the_server_itself_says_that_it_is_durable_and_closed_to_others() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(data)) {
            assertThat(ask(postgres, "show server_version")).startsWith("18.");
            assertThat(ask(postgres, "show fsync")).isEqualTo("on");
            assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(ask(postgres, "show full_page_writes")).isEqualTo("on");
            assertThat(ask(postgres, "show data_checksums")).isEqualTo("on");
            assertThat(ask(postgres, "show shared_buffers")).isEqualTo("256MB");
            assertThat(ask(postgres, "show max_wal_size")).isEqualTo("2GB");
            assertThat(ask(postgres, "show max_connections")).isEqualTo("60");
            assertThat(ask(postgres, "show jit")).isEqualTo("off");
            assertThat(ask(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(ask(postgres, "show unix_socket_directories")).isEmpty();
            assertThat(ask(postgres, "show server_encoding")).isEqualTo("UTF8");
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guessed"))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void data_and_password_outlive_a_close_and_a_half_made_directory_is_no_obstacle() throws Exception {
        Path data = elsewhere.resolve("new");
        Files.createDirectories(data.resolve("postgresql.partial/base"));
        Files.writeString(data.resolve("postgresql.partial.password"), "half");
        var first = EmbeddedPostgres.start(data);
        try (first) {
            remember(first, "kept");
        }
        assertThat(first.state()).isEqualTo(new EmbeddedPostgres.State.Closed());
        assertThat(isPostgres(first.pid())).isFalse();
        assertThat(data.resolve("postgresql/postmaster.pid")).doesNotExist();
        assertThat(data.resolve("postgresql.partial")).doesNotExist();
        assertThat(data.resolve("postgresql.log"))
                .content()
                .contains("database system is shut down")
                .doesNotContain("database system was interrupted");

        try (var postgres = EmbeddedPostgres.start(data)) {
            assertThat(remembered(postgres)).isEqualTo("kept");
            assertThat(postgres.password()).isEqualTo(first.password());
        }
        assertThat(data.resolve("postgresql.log")).content().doesNotContain("was not properly shut down");
    }

    @Test
    void a_second_start_is_refused_while_the_first_lives_in_this_process_or_another() throws Exception {
        try (var postgres = EmbeddedPostgres.start(data)) {
            long here = ProcessHandle.current().pid();
            String message = "The data directory %s is in use by process %d.".formatted(data.toRealPath(), here);

            assertThatThrownBy(() -> EmbeddedPostgres.start(data))
                    .isInstanceOf(DataDirectoryInUse.class)
                    .hasMessage(message);
            // After the refusal above: it must not have given away the lock.
            try (var other = ServerProcess.start(data, elsewhere.resolve("output"))) {
                assertThat(String.join(" ", other.result())).isEqualTo("refused " + message);
            }
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void a_server_left_behind_by_a_killed_process_is_stopped_and_its_data_is_there() throws Exception {
        long orphan;
        try (var killed = ServerProcess.start(data, elsewhere.resolve("output"))) {
            orphan = killed.postmaster();
            killed.sigkill();
        }
        assertThat(isPostgres(orphan)).isTrue();
        assertThat(data.resolve("budstikke.lock")).content().isNotBlank();

        try (var postgres = EmbeddedPostgres.start(data)) {
            assertThat(isPostgres(orphan)).isFalse();
            assertThat(postgres.pid()).isNotEqualTo(orphan);
            remember(postgres, "after the orphan");
        }
        assertThat(data.resolve("budstikke.lock")).isEmptyFile();
    }

    @Test
    void killing_both_processes_leaves_stale_files_that_are_recognised() throws Exception {
        try (var killed = ServerProcess.start(data, elsewhere.resolve("output"))) {
            long postmaster = killed.postmaster();
            killed.sigkill();
            sigkill(postmaster);
        }
        assertThat(data.resolve("postgresql/postmaster.pid")).exists();

        try (var postgres = EmbeddedPostgres.start(data)) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void a_stale_pid_file_whose_number_now_belongs_to_another_program_is_no_obstacle() throws Exception {
        Files.writeString(
                data.resolve("postgresql/postmaster.pid"),
                "%d\n%s\n0\n20000\n\n127.0.0.1\n  1  1\nready   \n"
                        .formatted(
                                ProcessHandle.current().pid(), data.toRealPath().resolve("postgresql")));

        try (var postgres = EmbeddedPostgres.start(data)) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void sigterm_of_the_process_shuts_the_database_down_cleanly() throws Exception {
        try (var stopped = ServerProcess.start(data, elsewhere.resolve("output"))) {
            long postmaster = stopped.postmaster();
            stopped.sigterm();
            assertThat(isPostgres(postmaster)).isFalse();
        }
        assertThat(data.resolve("postgresql/postmaster.pid")).doesNotExist();
        // The copied log ends with the first shutdown.
        assertThat(Files.readAllLines(data.resolve("postgresql.log")).stream()
                        .filter(line -> line.contains("database system is shut down")))
                .hasSize(2);
    }

    @Test
    void a_killed_server_comes_back_on_the_same_port_even_beside_a_busy_session() throws Exception {
        try (var postgres = EmbeddedPostgres.start(data)) {
            remember(postgres, "before the kill");
            String url = postgres.jdbcUrl();
            long killed = postgres.pid();
            try (Connection busy = connect(postgres)) {
                // A session in the middle of a computation does not look up when its server dies.
                Thread.ofVirtual().start(() -> runToItsEnd(busy));
                await().atMost(PATIENCE)
                        .until(() -> ask(postgres, BUSY_SESSIONS).equals("1"));
                sigkill(killed);
                await().atMost(PATIENCE).until(() -> postgres.restarts() == 1);
            }
            assertThat(postgres.jdbcUrl()).isEqualTo(url);
            assertThat(postgres.pid()).isNotEqualTo(killed);
            assertThat(postgres.state()).isEqualTo(new EmbeddedPostgres.State.Running());
            assertThat(remembered(postgres)).isEqualTo("before the kill");
        }
    }

    private static final String BUSY_SESSIONS = """
            select count(*)
              from pg_stat_activity
             where state = 'active'
               and query like 'select sum%'
            """;

    private static void runToItsEnd(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("select sum(n) from generate_series(1, 100000000000) n");
        } catch (SQLException _) {
            // it ends with the server
        }
    }

    @Test
    void a_server_that_dies_again_and_again_is_given_up_and_can_still_be_closed() throws Exception {
        try (var postgres = EmbeddedPostgres.start(data)) {
            for (int death = 1; death <= 5; death++) {
                int deaths = death;
                sigkill(postgres.pid());
                await().atMost(PATIENCE).until(() -> postgres.restarts() == deaths);
            }
            sigkill(postgres.pid());
            await().atMost(PATIENCE)
                    .until(() -> postgres.state() instanceof EmbeddedPostgres.State.GivenUp(String reason)
                            && !reason.isBlank());
        }
        EmbeddedPostgres.start(data).close();
    }

    @Test
    void another_version_s_directory_is_refused_and_left_alone() throws Exception {
        Files.writeString(data.resolve("postgresql/PG_VERSION"), "15\n");

        assertThatThrownBy(() -> EmbeddedPostgres.start(data))
                .isInstanceOf(EmbeddedPostgresFailed.class)
                .hasMessageContaining("no data directory of PostgreSQL 18 (its PG_VERSION: 15)");
        assertThat(data.resolve("budstikke.lock")).isEmptyFile();
    }

    /// Two at once on an empty cache: only one may unpack, and both must find whole programs.
    @Test
    void ordinary_users_start_it_too_and_share_an_empty_cache() throws Exception {
        assumeThat(new UnixSystem().getUid())
                .as("only root can become somebody else; all other tests have just run as an ordinary user")
                .isZero();
        Path open = Files.createTempDirectory("budstikke-test-");
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            String classPath = readableClassPath(open);
            var environment = Map.of("XDG_CACHE_HOME", open.resolve("cache").toString());
            List<String> somebody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
            try (var one = ServerProcess.start(
                            somebody, classPath, open.resolve("one"), elsewhere.resolve("one"), environment);
                    var two = ServerProcess.start(
                            somebody, classPath, open.resolve("two"), elsewhere.resolve("two"), environment)) {
                assertThat(owner(one.postmaster())).isEqualTo("nobody");
                assertThat(owner(two.postmaster())).isEqualTo("nobody");
                try (Stream<Path> unpacked = Files.list(open.resolve("cache/budstikke"))) {
                    assertThat(unpacked.filter(Files::isDirectory)).hasSize(1);
                }
                one.sigterm();
                two.sigterm();
            }
            // Started by root afterwards, the directory stays its owner's.
            try (var postgres = EmbeddedPostgres.start(open.resolve("one"))) {
                assertThat(owner(postgres.pid())).isEqualTo("nobody");
                assertThat(ask(postgres, "select 1")).isEqualTo("1");
            }
        } finally {
            PostgresBinaries.deleteTree(open);
        }
    }

    private static String readableClassPath(Path directory) throws IOException {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        List<String> readable = new ArrayList<>();
        for (String entry : ServerProcess.classPath().split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (Files.isDirectory(from)) {
                readable.add(entry);
            } else if (!entry.contains("darwin") && !entry.contains("arm64")) {
                Files.copy(from, classes.resolve(from.getFileName()));
            }
        }
        readable.add(classes + "/*");
        return String.join(File.pathSeparator, readable);
    }

    private static String owner(long pid) throws IOException {
        return Files.getOwner(Path.of("/proc", Long.toString(pid))).getName();
    }

    private static boolean isPostgres(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("/postgres"))
                .isPresent();
    }

    private static void sigkill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE).until(() -> !isPostgres(pid));
    }

    private static void remember(EmbeddedPostgres postgres, String word) throws SQLException {
        try (Connection connection = connect(postgres);
                var statement = connection.createStatement()) {
            statement.execute("create table memory as select '" + word + "' as word");
        }
    }

    private static String remembered(EmbeddedPostgres postgres) throws SQLException {
        return ask(postgres, "select word from memory");
    }

    private static String ask(EmbeddedPostgres postgres, String query) throws SQLException {
        try (Connection connection = connect(postgres);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }
}

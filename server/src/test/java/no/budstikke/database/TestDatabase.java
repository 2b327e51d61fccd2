package no.budstikke.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// A real PostgreSQL for tests inside the server, started once; every caller gets an empty, migrated
/// database of its own, in a strange time zone.
public final class TestDatabase {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestDatabase() {}

    public static Database fresh() {
        return Database.connect(freshAddress());
    }

    public static Database.Address freshAddress() {
        return freshAddress(8);
    }

    /// The address of a new, migrated database without rows on the server that all tests share.
    ///
    /// @param poolSize for each who connects there
    public static Database.Address freshAddress(int poolSize) {
        String name = "test_" + COUNT.incrementAndGet();
        create(name, Migrated.NAME);
        return address(name, poolSize);
    }

    private static void create(String name, String template) {
        EmbeddedPostgres server = Running.SERVER;
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute("create database %s template %s".formatted(name, template));
        } catch (SQLException e) {
            throw new IllegalStateException("can't create " + name, e);
        }
    }

    private static Database.Address address(String name, int poolSize) {
        EmbeddedPostgres server = Running.SERVER;
        String url = server.jdbcUrl().replaceFirst("/[^/]*$", "/" + name);
        return new Database.Address(url, server.user(), server.password(), poolSize, "America/Los_Angeles");
    }

    /// Made once and copied, so that not every test waits for all migrations.
    private static final class Migrated {

        static final String NAME = migrated("migrated");

        private static String migrated(String name) {
            create(name, "template1");
            Database.connect(address(name, 2)).close();
            return name;
        }
    }

    private static final class Running {

        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                Path directory = Files.createTempDirectory("budstikke-test-");
                EmbeddedPostgres server = EmbeddedPostgres.start(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    server.close();
                    delete(directory);
                }));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("no PostgreSQL for tests", e);
            }
        }

        /// Leaves it to a process that may outlive this JVM: there are tens of thousands of files, and
        /// the build waits for 30 seconds only.
        private static void delete(Path directory) {
            try {
                new ProcessBuilder("rm", "-rf", directory.toString()).start();
            } catch (IOException e) {
                throw new UncheckedIOException("can't delete " + directory, e);
            }
        }
    }
}

package no.budstikke.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

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

    /// A database of its own.
    ///
    /// @param poolSize for each who connects there
    public static Database.Address freshAddress(int poolSize) {
        EmbeddedPostgres server = Running.SERVER;
        String name = "test_" + COUNT.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("can't create " + name, e);
        }
        String url = server.jdbcUrl().replaceFirst("/[^/]*$", "/" + name);
        return new Database.Address(url, server.user(), server.password(), poolSize, "America/Los_Angeles");
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

        private static void delete(Path directory) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("can't delete " + directory, e);
            }
        }
    }
}

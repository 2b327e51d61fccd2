package no.budstikke.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// A real PostgreSQL for tests inside the server, started once; every caller gets an empty, migrated
/// database of its
/// own, in a strange time
/// zone.
public final class TestDatabase {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestDatabase() {}

    public static Database fresh() {
        return Database.connect(freshAddress());
    }

    public static Database.Address freshAddress() {
        String name = "test_" + COUNT.incrementAndGet();
        try (Connection connection = Running.SERVER.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("can't create " + name, e);
        }
        return new Database.Address(
                Running.SERVER.getJdbcUrl("postgres", name), "postgres", "postgres", 8, "America/Los_Angeles");
    }

    private static final class Running {

        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "100")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("no PostgreSQL for tests", e);
            }
        }
    }
}

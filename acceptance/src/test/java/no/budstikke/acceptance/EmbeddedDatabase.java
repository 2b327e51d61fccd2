package no.budstikke.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import no.budstikke.testkit.Budstikke;

/// A server's embedded PostgreSQL, looked at as an operator would: with what lies in the data directory.
final class EmbeddedDatabase implements AutoCloseable {

    static final String USER = "budstikke";
    static final String DATABASE = "postgres";

    private final Connection connection;

    private EmbeddedDatabase(Connection connection) {
        this.connection = connection;
    }

    static EmbeddedDatabase of(Budstikke server) throws IOException, SQLException {
        return of(server, DATABASE);
    }

    static EmbeddedDatabase of(Budstikke server, String database) throws IOException, SQLException {
        return new EmbeddedDatabase(DriverManager.getConnection(url(server, database), USER, password(server)));
    }

    static String password(Budstikke server) throws IOException {
        Path cluster = server.dataDirectory().resolve("postgresql");
        return Files.readString(cluster.resolve("budstikke.password")).strip();
    }

    /// A node that works on the same database, or on another of the same PostgreSQL.
    static Budstikke.Builder neighbour(Budstikke server, String database) throws IOException {
        return Budstikke.builder()
                .setting("database.url", url(server, database))
                .setting("database.user", USER)
                .setting("database.password", password(server))
                .setting("database.poolSize", 12);
    }

    static String url(Budstikke server) throws IOException {
        return url(server, DATABASE);
    }

    private static String url(Budstikke server, String database) throws IOException {
        List<String> pidFile =
                Files.readAllLines(server.dataDirectory().resolve("postgresql").resolve("postmaster.pid"));
        return "jdbc:postgresql://127.0.0.1:" + pidFile.get(3) + "/" + database;
    }

    /// The first column of the only row, as text.
    String ask(String question) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            if (!row.next()) {
                throw new AssertionError("no row: " + question);
            }
            return row.getString(1);
        }
    }

    /// Does something to it.
    void change(String statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /// Begins to write and does not end: holds back every reader of the log until this is closed.
    void hold() throws SQLException {
        connection.setAutoCommit(false);
        ask("select pg_current_xact_id()::text");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

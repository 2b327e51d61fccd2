package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;

/// A Budstikke with default settings and its own PostgreSQL, as a user would start it, seen from its
/// publisher and subscriber: the service owner `ttd`.
final class Server implements AutoCloseable {

    /// CPU seconds that the two were given since their start.
    record Cost(double server, double postgres) {

        Cost since(Cost before) {
            return new Cost(server - before.server, postgres - before.postgres);
        }

        double both() {
            return server + postgres;
        }
    }

    /// Those of the launcher `./budstikke`, as far as they change what is measured: the heap, and the
    /// archive of loaded classes beside the jar, which the first run writes.
    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx512m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UseCompactObjectHeaders",
            "-XX:SharedArchiveFile="
                    + Path.of(System.getProperty(Budstikke.JAR_PROPERTY, "")).resolveSibling("budstikke.jsa"),
            "-XX:+AutoCreateSharedArchive");

    private final Budstikke budstikke;

    private Server(Budstikke budstikke) {
        this.budstikke = budstikke;
    }

    /// With a data directory that is deleted in the end.
    static Server start() {
        return new Server(builder().start());
    }

    /// With a data directory that is deleted in the end, and one setting.
    static Server start(String key, Object value) {
        return new Server(builder().setting(key, value).start());
    }

    /// With a data directory that is kept.
    static Server startOn(Path data) {
        return new Server(builder().dataDirectory(data).start());
    }

    /// With a data directory that is deleted in the end, always on the same port, and so much heap.
    static Server startRestartable(String heap) {
        return new Server(builder().javaOption(heap).port(freePort()).start());
    }

    /// With a data directory that is kept, and one setting.
    static Server startOn(Path data, String key, Object value) {
        return new Server(builder().dataDirectory(data).setting(key, value).start());
    }

    private static int freePort() {
        try (var door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return door.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port", e);
        }
    }

    private static Budstikke.Builder builder() {
        Budstikke.Builder builder = Budstikke.builder();
        JAVA_OPTIONS.forEach(builder::javaOption);
        return builder;
    }

    void restart() {
        budstikke.restart();
    }

    /// SIGKILL to the server alone.
    void kill() {
        budstikke.kill();
    }

    Api api() {
        return budstikke.as(token());
    }

    /// A new run of events for `POST /events`.
    EventRequest events() {
        return EventRequest.to(URI.create(budstikke.baseUrl() + Api.EVENTS + "/events"), Optional.of(token()));
    }

    /// Makes the subscription to the resource of [#events()] and waits until it is validated.
    void subscribe(URI endPoint) {
        budstikke.as(token()).establish(Subscription.to(endPoint.toString()).resourceFilter(Parties.resourceUrn(1)));
    }

    /// Those of an earlier receiver would fail for ever.
    void forgetSubscriptions() {
        Api own = api();
        own.get(Api.EVENTS + "/subscriptions")
                .json()
                .path("subscriptions")
                .forEach(subscription -> own.delete(
                        Api.EVENTS + "/subscriptions/" + subscription.path("id").asInt()));
    }

    private String token() {
        return budstikke
                .tokens()
                .serviceOwner("altinn:serviceowner", "altinn:events.publish", "altinn:events.subscribe");
    }

    Cost cost() {
        return new Cost(Cpu.secondsOf(budstikke.pid()), Cpu.secondsOfFamily(budstikke.postgresPid()));
    }

    double megabytes() {
        return Cpu.residentMegabytes(budstikke.pid());
    }

    double postgresMegabytes() {
        return Cpu.familyMegabytes(budstikke.postgresPid());
    }

    /// A connection of our own to the server's PostgreSQL, whose port and password lie in its data
    /// directory.
    Connection database() throws SQLException {
        Path directory = budstikke.dataDirectory().resolve("postgresql");
        try {
            String port =
                    Files.readAllLines(directory.resolve("postmaster.pid")).get(3);
            String password = Files.readString(directory.resolve("budstikke.password"));
            return DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(port.strip()), "budstikke", password.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL's port and password can't be read in " + directory, e);
        }
    }

    /// What PostgreSQL says of its durability.
    String durability() throws SQLException {
        try (Connection connection = database()) {
            return "PostgreSQL %s with fsync=%s, synchronous_commit=%s, full_page_writes=%s, wal_sync_method=%s"
                    .formatted(
                            show(connection, "server_version"),
                            show(connection, "fsync"),
                            show(connection, "synchronous_commit"),
                            show(connection, "full_page_writes"),
                            show(connection, "wal_sync_method"));
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() {
        budstikke.close();
    }
}

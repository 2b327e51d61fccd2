package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// A thousand dead endpoints among ten thousand: what the others feel of it.
final class DeadEndpoints {

    private static final int SUBSCRIPTIONS = 10_000;
    private static final int OF_TEN_ONE = 10;

    private static final String ADD = """
            insert into subscription (end_point, resource_filter, alternative_subject_filter, include_subunits, consumer,
                                      created_by, created, validated)
            select ? || 'one/' || n, 'urn:altinn:resource:altinn-correspondence-test-resource-1',
                   '/organisation/' || ? + n, false, '/org/ttd', '/org/ttd', now(), true
              from generate_series(0, ?) n
            """;

    /// One half refuses connections, the other takes requests and never answers.
    private static final String KILL = """
            update subscription
               set end_point = case when n % 20 = 0 then ? else ? end || n
              from (select id, substring(alternative_subject_filter from '[0-9]+$')::int - ? as n
                      from subscription
                     where alternative_subject_filter is not null) party
             where party.id = subscription.id
               and party.n % ? = 0
            """;

    private DeadEndpoints() {}

    static void measure(Options options, Figures figures) throws SQLException {
        var table = new Table(
                "dead",
                "Events to %,d endpoints at %d/s; latency of those that live"
                        .formatted(SUBSCRIPTIONS, DeliveryRate.OPEN_RATE),
                "dead",
                "p50 ms",
                "p99 ms",
                "p99 to none dead",
                "delivered/s",
                "ms of CPU per event");
        try (var system = EndToEnd.start()) {
            add(system);
            system.server().restart();
            system.open(DeliveryRate.OPEN_RATE, options.warmup(), SUBSCRIPTIONS);
            EndToEnd.Run healthy =
                    system.open(DeliveryRate.OPEN_RATE, options.lasting().multipliedBy(2), SUBSCRIPTIONS);
            double before = row(table, 0, healthy, 0);
            kill(system);
            // A round in which the server learns who is dead, as it would have long known.
            system.open(DeliveryRate.OPEN_RATE, options.warmup(), SUBSCRIPTIONS);
            EndToEnd.Run beside =
                    system.open(DeliveryRate.OPEN_RATE, options.lasting().multipliedBy(2), SUBSCRIPTIONS);
            row(table, SUBSCRIPTIONS / OF_TEN_ONE, beside, before);
        }
        table.note("Each event has one subscriber. Half of the dead refuse connections, half never answer.");
        figures.add(table);
    }

    private static double row(Table table, int dead, EndToEnd.Run run, double before) {
        double p99 = EndToEnd.millis(run.came().latency(), 99);
        table.row(
                dead,
                EndToEnd.millis(run.came().latency(), 50),
                p99,
                before == 0 ? 1 : p99 / before,
                run.came().perSecond(),
                1_000 * run.processes().both() / run.sent().accepted());
        return p99;
    }

    private static void add(EndToEnd system) throws SQLException {
        try (Connection connection = system.server().database();
                PreparedStatement without = connection.prepareStatement("delete from subscription");
                PreparedStatement add = connection.prepareStatement(ADD)) {
            without.executeUpdate();
            add.setString(1, system.receiver().address().toString());
            add.setInt(2, EventRequest.FIRST_PARTY);
            add.setInt(3, SUBSCRIPTIONS - 1);
            add.executeUpdate();
        }
    }

    private static void kill(EndToEnd system) throws SQLException {
        try (Connection connection = system.server().database();
                PreparedStatement kill = connection.prepareStatement(KILL)) {
            kill.setString(1, "http://127.0.0.1:" + closedPort() + "/");
            kill.setString(2, system.receiver().address() + Receiver.DEAD);
            kill.setInt(3, EventRequest.FIRST_PARTY);
            kill.setInt(4, OF_TEN_ONE);
            kill.executeUpdate();
        }
    }

    private static int closedPort() {
        try (var door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return door.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port", e);
        }
    }
}

package no.budstikke.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.HdrHistogram.Histogram;

/// One event for ten thousand subscriptions, each with an endpoint of its own.
final class FanOut {

    private static final int SUBSCRIPTIONS = 10_000;
    private static final int EVENTS = 5;

    private static final String ADD = """
            insert into subscription (end_point, resource_filter, include_subunits, consumer, created_by, created, validated)
            select ? || 'fan/' || n, 'urn:altinn:resource:altinn-correspondence-test-resource-1', false, '/org/ttd',
                   '/org/ttd', now(), true
              from generate_series(1, ?) n
            """;

    private FanOut() {}

    static void measure(Options options, Figures figures) throws SQLException {
        var table = new Table(
                "fan-out",
                "One event to %,d subscriptions".formatted(SUBSCRIPTIONS + 1),
                "event",
                "ms to half of the webhooks",
                "ms to the last webhook",
                "webhooks",
                "server: resident MB");
        try (var system = EndToEnd.start()) {
            try (Connection connection = system.server().database();
                    PreparedStatement add = connection.prepareStatement(ADD)) {
                add.setString(1, system.receiver().address().toString());
                add.setInt(2, SUBSCRIPTIONS);
                add.executeUpdate();
            }
            system.server().restart();
            for (int event = 1; event <= EVENTS; event++) {
                EventRequest events = system.server().events();
                system.receiver().begin(events.run());
                Load.Result sent = Load.closed(events, 1, options.warmup(), 1);
                ReceiverProcess.Report came = system.receiver().awaitAll(sent, SUBSCRIPTIONS + 1);
                Histogram latency = came.latency();
                table.row(
                        event,
                        EndToEnd.millis(latency, 50),
                        EndToEnd.millis(latency, 100),
                        came.distinct() + came.repeated(),
                        system.server().megabytes());
            }
        }
        table.note("No warm-up: the first event meets a cold server.");
        figures.add(table);
    }
}

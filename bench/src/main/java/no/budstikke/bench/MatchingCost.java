package no.budstikke.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// What subscriptions of others cost: on other resources, and on the same resource for other parties.
/// They are written straight into the table, and the server is started anew on it.
final class MatchingCost {

    private static final int[] SUBSCRIPTIONS = {10, 1_000, 100_000, 1_000_000};

    /// Room for a million.
    private static final String HEAP = "-Xmx1500m";

    /// Half on a thousand other resources, half on the measured one for other organisations. All of them
    /// point at the receiver, which would count what came for them as repeated.
    private static final String ADD = """
            insert into subscription (end_point, resource_filter, alternative_subject_filter, include_subunits, consumer,
                                      created_by, created, validated)
            select ? || 'other/' || n,
                   case when n % 2 = 0 then 'urn:altinn:resource:bench-' || n % 1000
                        else 'urn:altinn:resource:altinn-correspondence-test-resource-1' end,
                   '/organisation/' || 310000000 + n,
                   false, '/org/ttd', '/org/ttd', now(), true
              from generate_series(?, ?) n
            """;

    private MatchingCost() {}

    static void measure(Options options, Figures figures) throws SQLException {
        var table = new Table(
                "matching",
                "Cost of subscriptions on other resources and parties",
                "subscriptions",
                "s to start",
                "delivered/s (64 publishers)",
                "rate to 10",
                "webhook p50 ms at 500/s",
                "p50 to 10",
                "ms of CPU per event at 500/s",
                "MB resident");
        try (var system = EndToEnd.startRestartable(HEAP)) {
            int there = 0;
            double firstRate = 0;
            double firstMedian = 0;
            for (int subscriptions : SUBSCRIPTIONS) {
                add(system, there + 1, subscriptions);
                there = subscriptions;
                long stopped = System.nanoTime();
                system.server().restart();
                double start = Clock.seconds(System.nanoTime() - stopped);
                system.warmUp(options.warmup());
                EndToEnd.Run closed = system.closed(64, options.lasting());
                EndToEnd.Run open = system.open(DeliveryRate.OPEN_RATE, options.lasting());
                double rate = closed.came().perSecond();
                double median = EndToEnd.millis(open.came().latency(), 50);
                firstRate = firstRate == 0 ? rate : firstRate;
                firstMedian = firstMedian == 0 ? median : firstMedian;
                table.row(
                        subscriptions,
                        start,
                        rate,
                        rate / firstRate,
                        median,
                        median / firstMedian,
                        1_000 / open.eventsPerCpuSecond(),
                        system.server().megabytes());
                table.note("%,d subscriptions: closed loop: %s; open loop: %s"
                        .formatted(subscriptions, closed.faults(), open.faults()));
            }
        }
        table.note("Started with %s instead of the launcher's -Xmx512m; the start includes the end of the run before."
                .formatted(HEAP));
        figures.add(table);
    }

    private static void add(EndToEnd system, int from, int to) throws SQLException {
        try (Connection connection = system.server().database();
                PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setString(1, system.receiver().address().toString());
            add.setInt(2, from);
            add.setInt(3, to);
            add.executeUpdate();
        }
    }
}

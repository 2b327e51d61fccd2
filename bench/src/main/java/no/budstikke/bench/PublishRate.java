package no.budstikke.bench;

import java.sql.SQLException;
import java.time.Duration;

/// `POST /events` in a closed loop, nobody subscribed; next to plain JDBC on the same PostgreSQL.
final class PublishRate {

    private static final int[] PUBLISHERS = {1, 8, 64, 256};

    private PublishRate() {}

    static void measure(Options options, Figures figures) throws SQLException {
        var table = new Table(
                "publish",
                "Durable publishing: POST /events answered after the commit",
                "publishers",
                "events/s",
                "p50 ms",
                "p99 ms",
                "events per CPU-second",
                "plain JDBC rows/s",
                "of JDBC");
        try (Server server = Server.start()) {
            Load.closed(server.events(), 64, options.warmup());
            var plain = new PlainInsert(server);
            plain.best(64, options.warmup().dividedBy(4));
            for (int publishers : PUBLISHERS) {
                Server.Cost before = server.cost();
                Load.Result run = Load.closed(server.events(), publishers, options.lasting());
                Server.Cost cost = server.cost().since(before);
                PlainInsert.Rate limit = plain.best(publishers, atMost(options.lasting(), Duration.ofSeconds(5)));
                table.row(
                        publishers,
                        run.perSecond(),
                        EndToEnd.millis(run.answers(), 50),
                        EndToEnd.millis(run.answers(), 99),
                        run.accepted() / cost.both(),
                        limit.perSecond(),
                        run.perSecond() / limit.perSecond());
                table.note(
                        "%d publishers: not answered 200: %d of %d; CPU-seconds: server %.1f, PostgreSQL %.1f; plain JDBC: %d x %d rows a commit"
                                .formatted(
                                        publishers,
                                        run.refused().size(),
                                        run.sent(),
                                        cost.server(),
                                        cost.postgres(),
                                        limit.connections(),
                                        limit.batch()));
            }
            table.note(server.durability());
        }
        figures.add(table);
    }

    private static Duration atMost(Duration asked, Duration most) {
        return asked.compareTo(most) < 0 ? asked : most;
    }
}

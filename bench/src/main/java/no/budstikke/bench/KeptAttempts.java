package no.budstikke.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// What it costs that every attempt is kept, and that an owner looks at its deliveries meanwhile, next
/// to keeping none. Two servers run side by side; each way is measured twice, and in such an order that
/// what changes with time meets all of them alike.
final class KeptAttempts {

    /// The columns that compare with keeping none.
    static final List<String> RATIOS = List.of("rate to none", "p50 to none", "p99 to none", "CPU to none");

    private static final String RETENTION = "delivery.attemptRetention";
    private static final int PUBLISHERS = 64;

    private enum Way {
        NONE("none kept"),
        KEPT("kept"),
        LOOKED_AT("kept, and looked at");

        private final String word;

        Way(String word) {
            this.word = word;
        }
    }

    private static final List<Way> ORDER =
            List.of(Way.KEPT, Way.NONE, Way.LOOKED_AT, Way.LOOKED_AT, Way.NONE, Way.KEPT);

    private final EndToEnd keeping;
    private final EndToEnd without;
    private final Histogram looks = new Histogram(3);

    private KeptAttempts(EndToEnd keeping, EndToEnd without) {
        this.keeping = keeping;
        this.without = without;
    }

    /// Runs of one way, put together.
    private static final class Runs {

        private final Histogram latency = new Histogram(3);
        private final StringJoiner rates = new StringJoiner(" and ");
        private final StringJoiner medians = new StringJoiner(" and ");
        private long events;
        private long lost;
        private long repeated;
        private long refused;
        private double seconds;
        private double cpu;

        void add(EndToEnd.Run run) {
            latency.add(run.came().latency());
            events += run.came().distinct();
            seconds += run.came().distinct() / run.came().perSecond();
            cpu += run.processes().both();
            rates.add("%,.0f".formatted(run.came().perSecond()));
            medians.add("%.2f".formatted(EndToEnd.millis(run.came().latency(), 50)));
            lost += run.came().lost();
            repeated += run.came().repeated();
            refused += run.sent().refused().size();
        }

        double perSecond() {
            return events / seconds;
        }

        String faults() {
            return "lost %d, repeated %d, not answered 200: %d of %,d".formatted(lost, repeated, refused, events);
        }

        double millisOfCpu() {
            return 1_000 * cpu / events;
        }
    }

    /// The runs of each way.
    private record Turns(Runs none, Runs kept, Runs lookedAt) {

        Runs of(Way way) {
            return switch (way) {
                case NONE -> none;
                case KEPT -> kept;
                case LOOKED_AT -> lookedAt;
            };
        }
    }

    static void measure(Options options, Figures figures) throws SQLException {
        try (var keeping = EndToEnd.start();
                var without = EndToEnd.start(RETENTION, "0s")) {
            keeping.warmUp(options.warmup());
            without.warmUp(options.warmup());
            var both = new KeptAttempts(keeping, without);
            Duration lasting = options.lasting();
            Turns closed = both.inTurns(system -> system.closed(PUBLISHERS, lasting));
            Turns open = both.inTurns(system -> system.open(DeliveryRate.OPEN_RATE, lasting));
            figures.add(both.table(closed, open));
        }
    }

    private interface Measured {
        EndToEnd.Run run(EndToEnd system);
    }

    private Turns inTurns(Measured measured) {
        var turns = new Turns(new Runs(), new Runs(), new Runs());
        for (Way way : ORDER) {
            EndToEnd.Run run = switch (way) {
                case NONE -> measured.run(without);
                case KEPT -> measured.run(keeping);
                case LOOKED_AT -> lookedAt(() -> measured.run(keeping));
            };
            turns.of(way).add(run);
        }
        return turns;
    }

    private EndToEnd.Run lookedAt(Supplier<EndToEnd.Run> run) {
        try (var _ = Onlooker.lookAt(keeping.server(), looks)) {
            return run.get();
        }
    }

    private Table table(Turns closed, Turns open) throws SQLException {
        var table = new Table(
                "attempts",
                "Keeping the attempts",
                "attempts",
                "delivered/s (%d publishers)".formatted(PUBLISHERS),
                RATIOS.get(0),
                "webhook p50 ms at %d/s".formatted(DeliveryRate.OPEN_RATE),
                RATIOS.get(1),
                "webhook p99 ms at %d/s".formatted(DeliveryRate.OPEN_RATE),
                RATIOS.get(2),
                "ms of CPU per event at %d/s".formatted(DeliveryRate.OPEN_RATE),
                RATIOS.get(3));
        for (Way way : Way.values()) {
            Runs rate = closed.of(way);
            Runs steady = open.of(way);
            Runs none = open.of(Way.NONE);
            table.row(
                    way.word,
                    rate.perSecond(),
                    rate.perSecond() / closed.of(Way.NONE).perSecond(),
                    EndToEnd.millis(steady.latency, 50),
                    ratio(steady, none, 50),
                    EndToEnd.millis(steady.latency, 99),
                    ratio(steady, none, 99),
                    steady.millisOfCpu(),
                    steady.millisOfCpu() / none.millisOfCpu());
            table.note("%s: %s delivered/s, %.2f ms of CPU per event; p50 at %d/s %s ms; %s; at %d/s %s"
                    .formatted(
                            way.word,
                            rate.rates,
                            rate.millisOfCpu(),
                            DeliveryRate.OPEN_RATE,
                            steady.medians,
                            rate.faults(),
                            DeliveryRate.OPEN_RATE,
                            steady.faults()));
        }
        return table.note(
                "Attempts on record afterwards: %,d and %,d. Looked at %d times a second, %,d times in all: p50 %.1f, p99 %.1f ms; a page has 50 deliveries."
                        .formatted(
                                onRecord(keeping),
                                onRecord(without),
                                Onlooker.PER_SECOND,
                                looks.getTotalCount(),
                                EndToEnd.millis(looks, 50),
                                EndToEnd.millis(looks, 99)));
    }

    private static double ratio(Runs of, Runs to, double percentile) {
        return EndToEnd.millis(of.latency, percentile) / EndToEnd.millis(to.latency, percentile);
    }

    private static long onRecord(EndToEnd system) throws SQLException {
        try (Connection connection = system.server().database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from attempt")) {
            row.next();
            return row.getLong(1);
        }
    }
}

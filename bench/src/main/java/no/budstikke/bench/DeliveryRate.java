package no.budstikke.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/// Publish, match, authorise, push to a receiver in another process: closed loop for the rate, open loop
/// for latency.
final class DeliveryRate {

    static final int OPEN_RATE = 500;

    private DeliveryRate() {}

    static void measure(Options options, Figures figures) {
        try (var system = EndToEnd.start()) {
            HarnessFloor.Rates bare = HarnessFloor.measure(options, figures, system.receiver());
            system.warmUp(options.warmup());
            var rates = new Table(
                    "deliver",
                    "Publish to webhook, closed loop",
                    "publishers",
                    "published/s",
                    "publish p50 ms",
                    "publish p99 ms",
                    "delivered/s",
                    "events per CPU-second",
                    "bare web client/s",
                    "of it");
            closed(rates, system, 64, options.lasting(), bare.web64());
            closed(rates, system, 256, options.lasting(), bare.web256());
            figures.add(rates);
            open(figures, system, options.lasting());
        }
    }

    private static void closed(Table table, EndToEnd system, int publishers, Duration lasting, double bare) {
        EndToEnd.Run run = system.closed(publishers, lasting);
        table.row(
                publishers,
                run.sent().perSecond(),
                EndToEnd.millis(run.sent().answers(), 50),
                EndToEnd.millis(run.sent().answers(), 99),
                run.came().perSecond(),
                run.eventsPerCpuSecond(),
                bare,
                run.came().perSecond() / bare);
        table.note("%d publishers: %s; %s".formatted(publishers, run.faults(), cpu(run)));
    }

    private static void open(Figures figures, EndToEnd system, Duration lasting) {
        EndToEnd.Run run = system.open(OPEN_RATE, lasting);
        var table = new Table(
                "latency",
                "Publish to webhook, open loop at %d/s".formatted(OPEN_RATE),
                "from the intended time of sending to",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "p99.9 ms",
                "largest ms");
        latency(table, "the publisher's 200", run.sent().answers());
        latency(table, "the webhook's read of the body", run.came().latency());
        table.note("%.0f delivered/s; %s; events per CPU-second %,.0f; %s"
                .formatted(run.came().perSecond(), run.faults(), run.eventsPerCpuSecond(), cpu(run)));
        figures.add(table);
    }

    private static void latency(Table table, String to, Histogram micros) {
        table.row(
                to,
                EndToEnd.millis(micros, 50),
                EndToEnd.millis(micros, 90),
                EndToEnd.millis(micros, 99),
                EndToEnd.millis(micros, 99.9),
                EndToEnd.millis(micros, 100));
    }

    private static String cpu(EndToEnd.Run run) {
        return "CPU-seconds: server %.1f, PostgreSQL %.1f, generator and receiver %.1f"
                .formatted(run.processes().server(), run.processes().postgres(), run.harness());
    }
}

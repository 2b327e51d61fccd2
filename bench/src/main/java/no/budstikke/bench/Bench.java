package no.budstikke.bench;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Measurements of a running Budstikke. `bench/README.md` tells what each one does.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = Receiver.class,
        description = "Measures Budstikke on this machine, next to the raw limit of its parts.")
public final class Bench {

    private Bench() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    private interface Measurement {
        void measure(Figures figures) throws SQLException;
    }

    @Command(description = "Rate of POST /events with 1, 8, 64 and 256 publishers, next to plain JDBC.")
    int publish(@Mixin Options options) throws SQLException {
        return measured(options, figures -> PublishRate.measure(options, figures));
    }

    @Command(description = "Publish to webhook: rate, and latency at 500/s, next to the bare web client and the floor.")
    int deliver(@Mixin Options options) throws SQLException {
        return measured(options, figures -> DeliveryRate.measure(options, figures));
    }

    @Command(description = "The harness alone: generator, receiver and bare web client. Needs no server.")
    int floor(@Mixin Options options) throws SQLException {
        return measured(options, figures -> HarnessFloor.measure(options, figures));
    }

    @Command(description = "SIGKILL under load and restart: the first delivery, repeats, losses.")
    int crash(@Mixin Options options) throws SQLException {
        return measured(options, figures -> CrashRestart.measure(options, figures));
    }

    @Command(description = "An endpoint that is down for 43 s at 50/s: tries meanwhile, and how soon it has caught up.")
    int outage(@Mixin Options options) throws SQLException {
        return measured(options, figures -> Outage.measure(options, figures));
    }

    @Command(description = "How soon a new or deleted subscription takes effect, a thousand times.")
    int effect(@Mixin Options options) throws SQLException {
        return measured(options, SubscriptionEffect::measure);
    }

    @Command(name = "fan-out", description = "One event to ten thousand subscriptions.")
    int fanOut(@Mixin Options options) throws SQLException {
        return measured(options, figures -> FanOut.measure(options, figures));
    }

    @Command(description = "Millions of stored events, and their retention, beside load.")
    int stored(@Mixin Options options) throws SQLException {
        return measured(options, figures -> StoredEvents.measure(options, figures));
    }

    @Command(description = "A thousand dead endpoints among ten thousand.")
    int dead(@Mixin Options options) throws SQLException {
        return measured(options, figures -> DeadEndpoints.measure(options, figures));
    }

    @Command(description = "What an idle server costs.")
    int idle(@Mixin Options options) throws SQLException {
        return measured(options, Idle::measure);
    }

    @Command(description = "What it costs to keep the attempts, and to look at them meanwhile.")
    int attempts(@Mixin Options options) throws SQLException {
        return measured(options, figures -> KeptAttempts.measure(options, figures));
    }

    @Command(description = "What 10, 1 000, 100 000 and a million subscriptions of others cost.")
    int matching(@Mixin Options options) throws SQLException {
        return measured(options, figures -> MatchingCost.measure(options, figures));
    }

    @Command(description = "Time to start, and memory.")
    int start(@Mixin Options options) throws SQLException {
        return measured(options, StartTime::measure);
    }

    @Command(description = "Everything; writes docs/benchmarks.md and its plots.")
    int all(@Mixin Options options) throws SQLException {
        List<Measurement> measurements = List.of(
                figures -> PublishRate.measure(options, figures),
                figures -> DeliveryRate.measure(options, figures),
                figures -> KeptAttempts.measure(options, figures),
                figures -> CrashRestart.measure(options, figures),
                figures -> Outage.measure(options, figures),
                SubscriptionEffect::measure,
                figures -> FanOut.measure(options, figures),
                figures -> DeadEndpoints.measure(options, figures),
                Idle::measure,
                figures -> StoredEvents.measure(options, figures),
                figures -> MatchingCost.measure(options, figures),
                StartTime::measure);
        var failures = new ArrayList<Exception>();
        int done = measured(options, figures -> {
            for (Measurement measurement : measurements) {
                try {
                    measurement.measure(figures);
                } catch (SQLException | RuntimeException e) {
                    System.err.println("A measurement failed; the others go on: " + e);
                    failures.add(e);
                }
                // After each: what took half an hour is not lost with what fails at its end.
                new Page(figures).write(Path.of(System.getProperty("bench.root", "."), "docs"));
            }
        });
        if (!failures.isEmpty()) {
            var failed = new IllegalStateException(failures.size() + " measurements failed");
            failures.forEach(failed::addSuppressed);
            throw failed;
        }
        return done;
    }

    private static int measured(Options options, Measurement measurement) throws SQLException {
        var figures = new Figures();
        System.out.println(figures.machineText() + "\n");
        measurement.measure(figures);
        options.json().ifPresent(figures::writeJson);
        return 0;
    }
}

package no.budstikke.bench;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// SIGKILL to the server under load and an immediate restart: when deliveries go on, and what is
/// repeated.
final class CrashRestart {

    private static final int RUNS = 5;
    private static final int RATE = 200;
    private static final Duration LASTING = Duration.ofSeconds(14);
    private static final Duration BEFORE_THE_KILL = Duration.ofSeconds(4);

    private CrashRestart() {}

    static void measure(Options options, Figures figures) {
        var table = new Table(
                "crash",
                "SIGKILL of the server at %d/s, and an immediate restart".formatted(RATE),
                "run",
                "ms from the ready line to the first delivery",
                "s from the kill to the ready line",
                "repeated",
                "lost",
                "answered 200",
                "delivered");
        try (var system = EndToEnd.startRestartable("-Xmx512m")) {
            system.warmUp(options.warmup());
            for (int run = 1; run <= RUNS; run++) {
                row(table, run, system);
            }
        }
        table.note("A negative time: the first delivery came before the ready line. Unanswered publishes may be stored"
                + " and delivered; answered ones must be.");
        figures.add(table);
    }

    private static void row(Table table, int run, EndToEnd system) {
        EventRequest events = system.server().events();
        system.receiver().begin(events.run());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Load.Result> sending = threads.submit(() -> Load.open(events, RATE, LASTING));
            Clock.sleep(BEFORE_THE_KILL);
            long killed = Clock.micros();
            system.server().kill();
            system.receiver().mark();
            system.server().restart();
            long ready = Clock.micros();
            long first = system.receiver().awaitFirst();
            ReceiverProcess.Report came = system.receiver().awaitAll(sending.get());
            table.row(
                    run,
                    (first - ready) / 1_000.0,
                    (ready - killed) / 1e6,
                    came.repeated(),
                    came.lost(),
                    sending.get().accepted(),
                    came.distinct());
        } catch (ExecutionException e) {
            throw new IllegalStateException("The load failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted under load", e);
        }
    }
}

package no.budstikke.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// From the start of the process to the ready line and to the first event that it accepts, and the
/// memory it takes.
final class StartTime {

    private static final int RUNS = 5;
    private static final int EVENTS = 50_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private StartTime() {}

    /// In seconds.
    private record Start(double ready, double accepted) {}

    static void measure(Figures figures) {
        times(figures);
        memory(figures);
    }

    private static void times(Figures figures) {
        var empty = new Start[RUNS];
        var existing = new Start[RUNS];
        try (var directory = TemporaryDirectory.create()) {
            Path data = directory.path();
            time(data.resolve("unpacks-postgresql-if-need-be"));
            for (int run = 0; run < RUNS; run++) {
                empty[run] = time(data.resolve("run-" + run));
            }
            for (int run = 0; run < RUNS; run++) {
                existing[run] = time(data.resolve("run-0"));
            }
        }
        var table = new Table(
                "start",
                "Start: from the process to the first accepted event",
                "data directory",
                "ready s min",
                "ready s median",
                "ready s max",
                "accepted s min",
                "accepted s median",
                "accepted s max");
        row(table, "empty", empty);
        row(table, "existing", existing);
        table.note("%d starts each, after one that is not counted; the files are in the page cache.".formatted(RUNS));
        figures.add(table);
    }

    private static Start time(Path data) {
        long began = System.nanoTime();
        try (Server server = Server.startOn(data)) {
            double ready = Clock.seconds(System.nanoTime() - began);
            Load.Result first = Load.closed(server.events(), 1, PATIENCE, 1);
            double accepted = Clock.seconds(System.nanoTime() - began);
            if (first.accepted() != 1) {
                throw new IllegalStateException("The first event was not accepted");
            }
            return new Start(ready, accepted);
        }
    }

    private static void row(Table table, String name, Start[] starts) {
        List<Double> ready = Arrays.stream(starts).map(Start::ready).sorted().toList();
        List<Double> accepted =
                Arrays.stream(starts).map(Start::accepted).sorted().toList();
        table.row(
                name,
                ready.getFirst(),
                ready.get(RUNS / 2),
                ready.getLast(),
                accepted.getFirst(),
                accepted.get(RUNS / 2),
                accepted.getLast());
    }

    private static void memory(Figures figures) {
        var table =
                new Table("memory", "Memory", "when", "server: resident MB", "PostgreSQL: MB (Pss of all processes)");
        try (var system = EndToEnd.start()) {
            table.row(
                    "after the start",
                    system.server().megabytes(),
                    system.server().postgresMegabytes());
            EndToEnd.Run run = system.closed(64, PATIENCE, EVENTS);
            table.row(
                    "after %,d events, published and delivered"
                            .formatted(run.came().distinct()),
                    system.server().megabytes(),
                    system.server().postgresMegabytes());
            table.note(run.faults() + "; JVM options of ./budstikke.");
        }
        figures.add(table);
    }
}

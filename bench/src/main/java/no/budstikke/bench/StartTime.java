package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

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
        Path data = temporary();
        try {
            time(data.resolve("unpacks-postgresql-if-need-be"));
            for (int run = 0; run < RUNS; run++) {
                empty[run] = time(data.resolve("run-" + run));
            }
            for (int run = 0; run < RUNS; run++) {
                existing[run] = time(data.resolve("run-0"));
            }
        } finally {
            delete(data);
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

    private static Path temporary() {
        try {
            return Files.createTempDirectory("bench-");
        } catch (IOException e) {
            throw new UncheckedIOException("No temporary directory could be made", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> inside = Files.walk(directory)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not be deleted: " + directory, e);
        }
    }
}

package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The figures in `docs/benchmarks.md`, between two marks so that text around them stays, and the plots
/// beside it.
final class Page {

    private static final String BEGIN = "<!-- figures: written by bench/run all -->";
    private static final String END = "<!-- figures end -->";
    private static final String NEW_PAGE = """
            # Benchmarks

            What Budstikke does on one small machine, next to the raw limit of its parts in the same run. `bench/README.md`
            says how each figure is taken; `bench/run all` takes them all anew.

            %s
            %s
            """.formatted(BEGIN, END);

    private final Figures figures;

    Page(Figures figures) {
        this.figures = figures;
    }

    /// @param docs the folder of the page
    void write(Path docs) {
        try {
            Path plots = Files.createDirectories(docs.resolve("benchmarks"));
            for (Table table : figures.tables()) {
                Optional<String> plot = plot(table);
                if (plot.isPresent()) {
                    Files.writeString(plots.resolve(table.name() + ".svg"), plot.get());
                }
            }
            Path page = docs.resolve("benchmarks.md");
            String text = Files.exists(page) ? Files.readString(page) : NEW_PAGE;
            Files.writeString(page, withFigures(text));
        } catch (IOException e) {
            throw new UncheckedIOException("The page can't be written in " + docs, e);
        }
    }

    private String withFigures(String page) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("docs/benchmarks.md lacks the lines " + BEGIN + " and " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + content() + "\n" + page.substring(end);
    }

    private String content() {
        String machine = figures.machine().entrySet().stream()
                .map(fact -> "| " + fact.getKey() + " | " + fact.getValue() + " |\n")
                .collect(Collectors.joining("", "| machine | |\n|---|---|\n", "\n"));
        return machine
                + figures.tables().stream()
                        .map(table -> table.markdown() + (plot(table).isPresent() ? link(table.name()) : ""))
                        .collect(Collectors.joining("\n"));
    }

    private static String link(String table) {
        return "\n![%s](benchmarks/%s.svg)\n".formatted(table, table);
    }

    /// The plot of a table that has one, as SVG.
    private Optional<String> plot(Table table) {
        return switch (table.name()) {
            case "publish" -> Optional.of(publish().bars());
            case "deliver" -> Optional.of(deliver().bars());
            case "latency" -> Optional.of(latency().linesOverDecades());
            case "matching" -> Optional.of(matching().lines());
            case "crash" -> Optional.of(crash().bars());
            case "fan-out" -> Optional.of(fanOut().bars());
            case "dead" -> Optional.of(dead().bars());
            case "attempts" -> Optional.of(attempts().bars());
            case "stored" -> Optional.of(stored().bars());
            case "start" -> Optional.of(start().bars());
            default -> Optional.empty();
        };
    }

    private Chart publish() {
        Table table = figures.table("publish");
        return new Chart(
                "Durable publishing, by number of publishers",
                "events/s",
                labels(table),
                List.of(
                        new Chart.Series("POST /events", table.numbers("events/s")),
                        new Chart.Series("plain JDBC, batches of as many", table.numbers("plain JDBC rows/s"))));
    }

    private Chart deliver() {
        Table table = figures.table("deliver");
        return new Chart(
                "Publish to webhook, by number of publishers",
                "events/s",
                labels(table),
                List.of(
                        new Chart.Series("delivered", table.numbers("delivered/s")),
                        new Chart.Series("bare web client", table.numbers("bare web client/s"))));
    }

    private Chart latency() {
        Table table = figures.table("latency");
        return new Chart(
                "Latency at 500 events/s, from the intended time of sending",
                "ms",
                List.of("p50", "p90", "p99", "p99.9"),
                List.of(
                        percentiles("webhook has the body", table, 1),
                        percentiles("publisher has its 200", table, 0),
                        percentiles("harness alone", figures.table("floor"), 3)));
    }

    private static Chart.Series percentiles(String name, Table table, int row) {
        return new Chart.Series(
                name,
                List.of("p50 ms", "p90 ms", "p99 ms", "p99.9 ms").stream()
                        .map(column -> table.numbers(column).get(row))
                        .toList());
    }

    private Chart matching() {
        Table table = figures.table("matching");
        return new Chart(
                "By number of subscriptions on other resources and parties",
                "ratio to 10 subscriptions",
                labels(table),
                List.of(
                        new Chart.Series("delivered/s", table.numbers("rate to 10")),
                        new Chart.Series("webhook p50 at 500/s", table.numbers("p50 to 10"))));
    }

    private Chart crash() {
        Table table = figures.table("crash");
        return new Chart(
                "First delivery after SIGKILL and restart",
                "ms from the ready line",
                labels(table),
                List.of(new Chart.Series(
                        "first delivery",
                        table.numbers("ms from the ready line to the first delivery").stream()
                                .map(value -> Math.max(value, 0))
                                .toList())));
    }

    private Chart fanOut() {
        Table table = figures.table("fan-out");
        return new Chart(
                table.title(),
                "ms",
                labels(table),
                List.of(
                        new Chart.Series("half of the webhooks", table.numbers("ms to half of the webhooks")),
                        new Chart.Series("the last one", table.numbers("ms to the last webhook"))));
    }

    private Chart dead() {
        Table table = figures.table("dead");
        return new Chart(
                "Latency of living endpoints, by number of dead ones",
                "ms",
                labels(table),
                List.of(
                        new Chart.Series("p50", table.numbers("p50 ms")),
                        new Chart.Series("p99", table.numbers("p99 ms"))));
    }

    private Chart attempts() {
        Table table = figures.table("attempts");
        return new Chart(
                table.title(),
                "ratio to none kept",
                List.of("delivered/s", "webhook p50", "webhook p99", "CPU per event"),
                List.of(attempts(table, 1), attempts(table, 2)));
    }

    private static Chart.Series attempts(Table table, int row) {
        return new Chart.Series(
                Table.shown(table.rows().get(row).getFirst()),
                KeptAttempts.RATIOS.stream()
                        .map(column -> table.numbers(column).get(row))
                        .toList());
    }

    private Chart stored() {
        Table table = figures.table("stored");
        List<String> columns = table.columns().subList(1, table.columns().size());
        return new Chart(
                table.title(),
                "ratio to an empty log",
                List.of("delivered/s", "webhook p50", "webhook p99", "page p50", "publish p99"),
                List.of(new Chart.Series(
                        "ratio",
                        columns.stream()
                                .map(column -> table.numbers(column).get(2))
                                .toList())));
    }

    private Chart start() {
        Table table = figures.table("start");
        return new Chart(
                "From the start of the process to the first accepted event",
                "seconds",
                List.of("empty data directory", "existing data directory"),
                List.of(
                        new Chart.Series("fastest", table.numbers("accepted s min")),
                        new Chart.Series("median", table.numbers("accepted s median")),
                        new Chart.Series("slowest", table.numbers("accepted s max"))));
    }

    private static List<String> labels(Table table) {
        return table.rows().stream().map(row -> Table.shown(row.getFirst())).toList();
    }
}

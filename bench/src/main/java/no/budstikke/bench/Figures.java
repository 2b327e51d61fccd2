package no.budstikke.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Everything that one call of `bench` has measured, and on what.
final class Figures {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> machine = new LinkedHashMap<>();
    private final List<Table> tables = new ArrayList<>();

    Figures() {
        machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        machine.put("commit", output("git", "describe", "--always", "--dirty"));
        machine.put(
                "processor", Runtime.getRuntime().availableProcessors() + " x " + entry("/proc/cpuinfo", "model name"));
        machine.put("memory", entry("/proc/meminfo", "MemTotal"));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
        machine.put("load before", "%.2f".formatted(loadAverage()));
    }

    /// Notes how busy the machine was: other work on it spoils figures.
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    void add(Table table) {
        tables.add(table);
        System.out.println(table.text());
    }

    Map<String, String> machine() {
        return machine;
    }

    List<Table> tables() {
        return tables;
    }

    Table table(String name) {
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Not measured: " + name));
    }

    String machineText() {
        return machine.entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .collect(Collectors.joining("; "));
    }

    void writeJson(Path file) {
        ObjectNode all = JSON.createObjectNode();
        all.set("machine", JSON.valueToTree(machine));
        for (Table table : tables) {
            ObjectNode written = all.putObject(table.name());
            written.put("title", table.title());
            for (List<Object> row : table.rows()) {
                ObjectNode cells = written.withArray("rows").addObject();
                for (int i = 0; i < row.size(); i++) {
                    cells.putPOJO(table.columns().get(i), row.get(i));
                }
            }
            table.notes().forEach(written.withArray("notes")::add);
        }
        try {
            Files.writeString(file, JSON.writeValueAsString(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("The figures can't be written to " + file, e);
        }
    }

    private static String entry(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException _) {
            return "unknown";
        }
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return said.isBlank() ? "unknown" : said.strip();
        } catch (IOException _) {
            return "unknown";
        }
    }
}

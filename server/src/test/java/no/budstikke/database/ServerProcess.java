package no.budstikke.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Another JVM that starts an embedded PostgreSQL, to be killed, stopped, refused, or run as somebody
/// else.
record ServerProcess(Process jvm, Path output) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// What the JVM runs: prints one line, then waits for a signal.
    static final class Program {

        public static void main(String[] arguments) throws InterruptedException {
            try {
                var postgres = EmbeddedPostgres.start(Path.of(arguments[0]));
                Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
                System.out.printf(
                        "ready %d %s %s%n", postgres.pid(), postgres.jdbcUrl(), System.getProperty("user.name"));
                new CountDownLatch(1).await();
            } catch (DataDirectoryInUse | EmbeddedPostgresFailed e) {
                System.out.println("refused " + e.getMessage());
            }
        }
    }

    static ServerProcess start(Path data, Path output) throws IOException {
        return start(List.of(), classPath(), data, output, Map.of());
    }

    static ServerProcess start(
            List<String> prefix, String classPath, Path data, Path output, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath));
        command.addAll(List.of(Program.class.getName(), data.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.directory(new File("/"));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    /// The words of the line that says how the start ended.
    List<String> result() throws IOException {
        await().atMost(PATIENCE).until(() -> !resultLines().isEmpty() || !jvm.isAlive());
        assertThat(resultLines()).as("%s", output()).hasSize(1);
        return List.of(resultLines().getFirst().split(" ", -1));
    }

    long postmaster() throws IOException {
        List<String> words = result();
        assertThat(words.getFirst()).as("%s", words).isEqualTo("ready");
        return Long.parseLong(words.get(1));
    }

    void sigkill() {
        jvm.destroyForcibly().onExit().join();
    }

    void sigterm() throws InterruptedException {
        jvm.destroy();
        assertThat(jvm.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        jvm.destroyForcibly().onExit().join();
    }

    private List<String> resultLines() throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> line.startsWith("ready ") || line.startsWith("refused "))
                .toList();
    }
}

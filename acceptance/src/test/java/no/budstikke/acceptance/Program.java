package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// The program as its user starts it, in a process of its own.
final class Program implements AutoCloseable {

    private final List<String> words;
    private final Process process;
    private final Path out;
    private final Path err;

    /// What a run came to.
    record Ended(int exitCode, String out, String err) {}

    private Program(Path directory, List<String> words) throws IOException {
        this.words = words;
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It lives for a second or two.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                System.getProperty("budstikke.jar")));
        command.addAll(words);
        this.out = Files.createTempFile(directory, "out", "");
        this.err = Files.createTempFile(directory, "err", "");
        this.process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    static Program start(Path directory, String... words) throws IOException {
        return new Program(directory, List.of(words));
    }

    static Ended run(Path directory, String... words) throws IOException, InterruptedException {
        try (Program program = start(directory, words)) {
            return program.awaitEnd();
        }
    }

    Program awaitOutput(String text) throws IOException {
        Awaitility.await("output of " + words).until(() -> out().contains(text) || !process.isAlive());
        assertThat(out()).as(err()).contains(text);
        return this;
    }

    /// As Ctrl-C does.
    Program interrupt() {
        process.destroy();
        return this;
    }

    Ended awaitEnd() throws IOException, InterruptedException {
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("%s ends", words).isTrue();
        return new Ended(process.exitValue(), out(), err());
    }

    String out() throws IOException {
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private String err() throws IOException {
        return Files.readString(err, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One run of the server as a process of its own: its output is read, and its ready line waited for.
final class ServerProcess {

    private static final Pattern READY = Pattern.compile("ready: (http://\\S+)");

    private static final int LINES_KEPT = 1000;

    private final Process process;
    private final CompletableFuture<URI> ready = new CompletableFuture<>();
    private final Thread reading;

    // Guarded by itself.
    private final Deque<String> lines = new ArrayDeque<>();

    private ServerProcess(Process process) {
        this.process = process;
        this.reading = Thread.ofVirtual().name("output-of-" + process.pid()).unstarted(this::readOutput);
    }

    static ServerProcess start(ProcessBuilder command) {
        try {
            var started = new ServerProcess(command.redirectErrorStream(true).start());
            started.reading.start();
            Thread.ofVirtual().name("end-of-" + started.pid()).start(started::giveUpWhenEnded);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not be started: " + command.command(), e);
        }
    }

    /// The address in the ready line; an exception with the last lines of output when the process ends
    /// before or takes longer.
    URI awaitReady(Duration patience) {
        try {
            return ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "The server ended with exit code %s before it was ready. %s"
                            .formatted(awaitExit(), describeOutput()),
                    e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The server was not ready within %s. %s".formatted(patience, describeOutput()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server started", e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// SIGKILL; returns when the process is gone.
    int kill() {
        process.destroyForcibly();
        return awaitExit();
    }

    /// Sends a signal, such as `STOP`; returns when it was sent.
    void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("SIG%s could not be sent to %d".formatted(name, pid()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("No program `kill` could be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a signal was sent", e);
        }
    }

    /// SIGTERM, and SIGKILL if the process does not end in time.
    ///
    /// @return the exit code
    int terminate(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new IllegalStateException(
                        "The server did not end within %s of SIGTERM. %s".formatted(patience, describeOutput()));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        return awaitExit();
    }

    /// The last lines of standard output and error, oldest first; complete once the process has ended.
    List<String> output() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private int awaitExit() {
        try {
            int code = process.waitFor();
            // PostgreSQL inherits the pipe and may outlive the server: so don't wait for the end of the output for
            // long.
            reading.join(Duration.ofMillis(500));
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server ended", e);
        }
    }

    private void giveUpWhenEnded() {
        awaitExit();
        ready.completeExceptionally(new IllegalStateException("no ready line"));
    }

    private String describeOutput() {
        List<String> all = output();
        return "Its last output:\n  " + String.join("\n  ", all.subList(Math.max(0, all.size() - 60), all.size()));
    }

    private void readOutput() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                keep(line);
                Matcher match = READY.matcher(line);
                if (match.find()) {
                    ready.complete(URI.create(match.group(1)));
                }
            }
        } catch (IOException _) {
            // The process was killed.
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            if (lines.size() == LINES_KEPT) {
                lines.removeFirst();
            }
            lines.add(line);
        }
    }
}

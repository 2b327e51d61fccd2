package no.budstikke.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// The directories of one server: a temporary one of ours for settings, and the data directory, which is
/// inside it unless the user named one.
record Workspace(Path temporary, Path data) {

    static Workspace create(Optional<Path> data) {
        try {
            Path temporary = Files.createTempDirectory("budstikke-");
            return new Workspace(temporary, data.orElse(temporary.resolve("data")));
        } catch (IOException e) {
            throw new UncheckedIOException("No temporary directory could be made", e);
        }
    }

    /// The first line of PostgreSQL's pid file, if there is one.
    Optional<Long> postgresPid() {
        Path file = data.resolve("postgresql").resolve("postmaster.pid");
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().map(String::strip).map(Long::valueOf);
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty();
        }
    }

    /// Ends a PostgreSQL that outlived its server, asking it first. A stale pid file may name a
    /// stranger, which is left alone.
    void endPostgres() {
        Optional<ProcessHandle> postgres = postgresPid()
                .flatMap(ProcessHandle::of)
                .filter(process -> process.info().command().orElse("").endsWith("postgres"));
        if (postgres.isEmpty()) {
            return;
        }
        List<ProcessHandle> family =
                Stream.concat(postgres.stream(), postgres.get().descendants()).toList();
        postgres.get().destroy();
        try {
            postgres.get().onExit().get(5, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException _) {
            family.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException _) {
            family.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    /// Deletes what is ours. Files that a dying process still makes are tried a few times.
    void delete() {
        for (int attempt = 0; attempt < 40 && Files.exists(temporary); attempt++) {
            try (Stream<Path> inside = Files.walk(temporary)) {
                for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException _) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}

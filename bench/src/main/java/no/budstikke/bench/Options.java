package no.budstikke.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What every measurement can be told.
final class Options {

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long each single run lasts; 10 unless told otherwise.")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "40",
            description = "How long each server is used before it is measured; 40 seconds unless told otherwise.")
    private int warmup;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file, too.")
    private Optional<Path> json = Optional.empty();

    @Option(
            names = "--stored",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "How many events `stored` puts into the log; ten million unless told otherwise.")
    private int stored;

    int stored() {
        return stored;
    }

    Duration lasting() {
        return Duration.ofSeconds(seconds);
    }

    Duration warmup() {
        return Duration.ofSeconds(warmup);
    }

    Optional<Path> json() {
        return json;
    }
}

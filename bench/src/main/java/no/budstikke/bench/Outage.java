package no.budstikke.bench;

import java.time.Duration;
import java.util.Arrays;

/// An endpoint that answers 503 for 43 seconds at 50 events/s: how often it is tried meanwhile, and how
/// soon its backlog is delivered when it is back.
final class Outage {

    private static final int RATE = 50;
    private static final Duration LASTING = Duration.ofSeconds(43);

    /// Until then a server may still find out that the endpoint is down.
    private static final int NOTICING_SECONDS = 5;

    private Outage() {}

    static void measure(Options options, Figures figures) {
        try (var system = EndToEnd.start()) {
            system.warmUp(options.warmup());
            EventRequest events = system.server().events();
            ReceiverProcess receiver = system.receiver();
            receiver.begin(events.run());
            receiver.goDown();
            Load.Result sent = Load.open(events, RATE, LASTING);
            int[] tries = receiver.comeUp();
            long up = Clock.micros();
            receiver.mark();
            double first = (receiver.awaitFirst() - up) / 1e6;
            ReceiverProcess.Report came = receiver.awaitAll(sent);
            int seconds = Math.toIntExact(LASTING.toSeconds());
            int[] later = Arrays.copyOfRange(tries, NOTICING_SECONDS, seconds);
            figures.add(new Table(
                            "outage",
                            "Endpoint down for %d s at %d/s".formatted(seconds, RATE),
                            "tries in the first %d s".formatted(NOTICING_SECONDS),
                            "tries/s afterwards",
                            "most in one second afterwards",
                            "s from its return to the first delivery",
                            "s to the last of the backlog",
                            "backlog",
                            "lost",
                            "repeated")
                    .row(
                            Arrays.stream(tries, 0, NOTICING_SECONDS).sum(),
                            Arrays.stream(later).average().orElse(0),
                            Arrays.stream(later).max().orElse(0),
                            first,
                            (came.last() - up) / 1e6,
                            sent.accepted(),
                            came.lost(),
                            came.repeated()));
        }
    }
}

package no.budstikke.bench;

import java.time.Duration;

/// What a server costs that has nothing to do.
final class Idle {

    private static final Duration SETTLING = Duration.ofSeconds(20);
    private static final Duration WATCHED = Duration.ofSeconds(60);

    private Idle() {}

    static void measure(Figures figures) {
        try (var system = EndToEnd.start()) {
            system.closed(8, Duration.ofSeconds(5));
            Clock.sleep(SETTLING);
            Server.Cost before = system.server().cost();
            Clock.sleep(WATCHED);
            Server.Cost cost = system.server().cost().since(before);
            figures.add(new Table("idle", "Idle", "server: % of a core", "PostgreSQL: % of a core", "both")
                    .row(percent(cost.server()), percent(cost.postgres()), percent(cost.both()))
                    .note("Over %d s, %d s after the last event; /proc counts in hundredths of a second."
                            .formatted(WATCHED.toSeconds(), SETTLING.toSeconds())));
        }
    }

    private static double percent(double seconds) {
        return 100 * seconds / WATCHED.toSeconds();
    }
}

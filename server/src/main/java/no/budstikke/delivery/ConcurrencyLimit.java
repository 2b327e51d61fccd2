package no.budstikke.delivery;

import java.time.Duration;

/// How many requests an endpoint gets at once: as many as it bears, up to the setting.
///
/// Begins low and doubles with each round of answers, until the setting is reached or something speaks
/// against it; from then on it grows by one a round. It is halved when the endpoint says that it has too
/// much to do, or says nothing, and cut by a fifth when answers take twice as long as they used to and
/// are slow by any measure. What was under way when it was cut does not cut it again. When it says of
/// one at a time that it is too much, there are pauses between requests: down to about one request a
/// second.
///
/// Not safe for threads.
final class ConcurrencyLimit {

    private static final double FIRST = 8;
    private static final double AFTER_AN_OUTAGE = 4;
    private static final double LEAST = 0.1;
    private static final double HALF = 0.5;
    private static final double SLOWER = 0.8;
    private static final double RECOVERY_BELOW_ONE = 1.25;
    private static final Duration PAUSE = Duration.ofMillis(100);
    /// Nobody is slowed down for answers that are quicker.
    static final Duration QUICK = Duration.ofMillis(200);

    private static final double RECENT = 0.1;
    private static final double USUAL = 0.002;

    private final int max;
    private double limit;
    private boolean doubling = true;
    private boolean wasCut;
    private long cutAt;
    private double recent;
    private double usual;

    ConcurrencyLimit(int max) {
        this.max = max;
        this.limit = Math.min(FIRST, max);
    }

    /// Requests at once; at least one.
    int requests() {
        return (int) Math.max(1, limit);
    }

    /// To be made after each request; zero while the endpoint bears one at a time.
    Duration pause() {
        return limit >= 1 ? Duration.ZERO : PAUSE.multipliedBy(Math.round(1 / limit) - 1L);
    }

    /// Whether a quick answer would change nothing.
    boolean isAtMost() {
        return limit >= max;
    }

    /// Begins anew after an outage.
    void restart() {
        limit = Math.min(AFTER_AN_OUTAGE, max);
        doubling = true;
        recent = 0;
    }

    /// Begins anew after a rest that the endpoint asked for: it may still have too much to do.
    void restartWithOne() {
        limit = 1;
        doubling = true;
        recent = 0;
    }

    /// Takes a request into account that ended at `endedAt`, both on one clock of nanoseconds.
    void learn(Outcome.Load load, long startedAt, long endedAt) {
        switch (load) {
            case TOO_MUCH -> cut(HALF, LEAST, startedAt, endedAt);
            // One that is dead needs no pauses: the circuit opens.
            case NO_ANSWER -> cut(HALF, 1, startedAt, endedAt);
            case BEARABLE -> {
                measure((double) (endedAt - startedAt));
                if (recent > 2 * usual && recent > QUICK.toNanos()) {
                    // One that is slow with one at a time is not helped by pauses.
                    cut(SLOWER, 1, startedAt, endedAt);
                } else {
                    grow();
                }
            }
            case UNKNOWN -> {}
        }
    }

    private void measure(double took) {
        recent = recent == 0 ? took : recent + RECENT * (took - recent);
        usual = usual == 0 ? took : usual + USUAL * (took - usual);
    }

    private void cut(double to, double least, long startedAt, long endedAt) {
        if (wasCut && startedAt - cutAt < 0) {
            return;
        }
        wasCut = true;
        cutAt = endedAt;
        doubling = false;
        limit = Math.min(limit, Math.max(least, limit * to));
    }

    private void grow() {
        if (limit < 1) {
            limit = Math.min(1, limit * RECOVERY_BELOW_ONE);
        } else {
            limit = Math.min(max, limit + (doubling ? 1 : 1 / limit));
        }
    }
}

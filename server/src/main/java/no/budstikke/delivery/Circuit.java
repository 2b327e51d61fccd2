package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;

/// Whether an endpoint is worth trying. Opens after ten failures in a row; while it is open, one probe at
/// a time goes out, every few seconds at
/// first and once a minute after an hour; an answer closes it. Shared by all subscriptions with the same
/// endpoint. Design §4.3.
final class Circuit {

    private static final int FAILURES_TO_OPEN = 10;
    private static final Duration PROBE_AFTER = Duration.ofSeconds(2);
    private static final Duration PROBE_AFTER_AN_HOUR = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    // Guarded by this.
    private int failures;
    private boolean open;
    private boolean probing;
    private Instant opened = Instant.EPOCH;
    private Instant nextProbe = Instant.EPOCH;
    private Instant closed = Instant.EPOCH;

    synchronized boolean isOpen() {
        return open;
    }

    /// When an answer last closed it; the epoch if it never was open. What was put off before then is
    /// worth trying at once.
    synchronized Instant closed() {
        return closed;
    }

    /// Takes the turn to probe: true for one caller at a time, and only when a probe is due.
    synchronized boolean takeProbe(Instant now) {
        if (!open || probing || now.isBefore(nextProbe)) {
            return false;
        }
        probing = true;
        return true;
    }

    /// When [#takeProbe] is worth asking for.
    synchronized Instant nextProbe() {
        return nextProbe;
    }

    /// Gives the turn back unused.
    synchronized void returnProbe() {
        probing = false;
    }

    synchronized void learn(Outcome outcome, Instant now) {
        switch (outcome.health()) {
            case GOOD -> {
                failures = 0;
                probing = false;
                if (open) {
                    open = false;
                    closed = now;
                }
            }
            case BAD -> {
                failures++;
                if (!open && failures >= FAILURES_TO_OPEN) {
                    open = true;
                    opened = now;
                    nextProbe = now.plus(PROBE_AFTER);
                } else if (probing) {
                    probing = false;
                    nextProbe = now.plus(now.isBefore(opened.plus(HOUR)) ? PROBE_AFTER : PROBE_AFTER_AN_HOUR);
                }
            }
            case UNKNOWN -> probing = false;
        }
    }
}

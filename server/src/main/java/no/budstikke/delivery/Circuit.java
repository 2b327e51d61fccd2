package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// Whether an endpoint is worth trying. Opens after ten failures in a row; while it is open, a probe
/// goes out every two seconds at the most, once a minute after an hour, and an answer closes it. An
/// endpoint that asks to be left alone (`Retry-After` with 429 or 503) is left alone, without probes,
/// and is then taken to be back. A single request for it may be about one event: it is heeded for ten
/// seconds; a second one, with nothing taken between them, for as long as it says, up to ten minutes.
/// Shared by all of a consumer's subscriptions with the same endpoint. Design §4.3.
final class Circuit {

    private static final int FAILURES_TO_OPEN = 10;
    private static final Duration PROBE_AFTER = Duration.ofSeconds(2);
    private static final Duration PROBE_AFTER_AN_HOUR = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    /// A probe that hangs for longer does not keep the next one: the endpoint may have come back.
    private static final Duration PATIENCE_WITH_A_PROBE = Duration.ofSeconds(5);
    /// For others to take the turn.
    private static final Duration FOR_OTHERS = Duration.ofMillis(500);
    /// Whatever it asks for: an endpoint can't be left alone for a year by a slip of the pen.
    private static final Duration LONGEST_REST = Duration.ofMinutes(10);
    /// One event that an endpoint answers so at each attempt must not hold up all others for hours.
    private static final Duration LONGEST_REST_FOR_ONE = Duration.ofSeconds(10);

    private enum State {
        CLOSED,
        OPEN,
        RESTING
    }

    /// False: there is nothing that a good outcome could change.
    private volatile boolean troubled;

    private volatile State state = State.CLOSED;
    // Guarded by this.
    private int failures;
    /// To be left alone, since something was last taken.
    private int requests;
    private int probes;
    private final Set<Integer> probers = new HashSet<>();
    private Instant opened = Instant.EPOCH;
    private Instant nextProbe = Instant.EPOCH;
    private Instant restUntil = Instant.EPOCH;
    private Instant closed = Instant.EPOCH;

    boolean isOpen() {
        return state != State.CLOSED;
    }

    /// When an answer last closed it after an outage; the epoch if that never happened. What was put off
    /// before then is worth trying at once.
    synchronized Instant closed() {
        return closed;
    }

    /// Takes the turn to probe: true for one caller at a time, and only when a probe is due. Whoever has
    /// had a turn lets those come first who have not: it may be its events that the endpoint can't take,
    /// and no others.
    ///
    /// @param prober the subscription whose delivery it would be
    synchronized boolean takeProbe(int prober, Instant now) {
        if (state != State.OPEN || now.isBefore(nextTurn(prober))) {
            return false;
        }
        if (probers.contains(prober)) {
            probers.clear();
        }
        probers.add(prober);
        probes++;
        nextProbe = now.plus(now.isBefore(opened.plus(HOUR)) ? PATIENCE_WITH_A_PROBE : PROBE_AFTER_AN_HOUR);
        return true;
    }

    /// When `prober` should ask for its turn again, or for the end of a rest; [Instant#MAX] when there
    /// is nothing to ask for.
    synchronized Instant nextTurn(int prober) {
        return switch (state) {
            case CLOSED -> Instant.MAX;
            case OPEN -> probers.contains(prober) ? nextProbe.plus(FOR_OTHERS) : nextProbe;
            case RESTING -> restUntil;
        };
    }

    /// Whether the probe whose turn was taken is to be made with the last of what waits, and not with
    /// the first. They take turns, too, and the first begins.
    synchronized boolean isProbeWithLast() {
        return probes % 2 == 0;
    }

    /// Ends a rest whose time is over; returns whether it did.
    boolean wake(Instant now) {
        return state == State.RESTING && endRest(now);
    }

    private synchronized boolean endRest(Instant now) {
        if (state != State.RESTING || now.isBefore(restUntil)) {
            return false;
        }
        state = State.CLOSED;
        return true;
    }

    /// Returns whether this has closed it.
    boolean learn(Outcome outcome, Instant now) {
        return switch (outcome.health()) {
            case GOOD -> troubled && recover(now);
            case BAD -> {
                suffer(outcome, now);
                yield false;
            }
            case UNKNOWN -> false;
        };
    }

    private synchronized boolean recover(Instant now) {
        boolean wasOut = failures >= FAILURES_TO_OPEN;
        failures = 0;
        requests = 0;
        if (state == State.RESTING) {
            // The answer to something that was under way: it still wants to be left alone.
            return false;
        }
        troubled = false;
        if (state == State.CLOSED && !wasOut) {
            return false;
        }
        state = State.CLOSED;
        closed = now;
        return true;
    }

    private synchronized void suffer(Outcome outcome, Instant now) {
        troubled = true;
        failures++;
        Duration rest = outcome.restAskedFor(now).orElse(Duration.ZERO);
        if (rest.isPositive()) {
            requests++;
            rest(now, rest);
        } else if (state == State.OPEN) {
            Instant soon = now.plus(now.isBefore(opened.plus(HOUR)) ? PROBE_AFTER : PROBE_AFTER_AN_HOUR);
            nextProbe = soon.isBefore(nextProbe) ? soon : nextProbe;
        } else if (failures >= FAILURES_TO_OPEN && state == State.CLOSED) {
            state = State.OPEN;
            opened = now;
            probes = 0;
            probers.clear();
            nextProbe = now.plus(PROBE_AFTER);
        }
    }

    private void rest(Instant now, Duration asked) {
        Duration longest = requests > 1 ? LONGEST_REST : LONGEST_REST_FOR_ONE;
        Instant until = now.plus(asked.compareTo(longest) < 0 ? asked : longest);
        restUntil = state == State.RESTING && restUntil.isAfter(until) ? restUntil : until;
        state = State.RESTING;
    }
}

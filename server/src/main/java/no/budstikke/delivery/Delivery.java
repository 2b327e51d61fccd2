package no.budstikke.delivery;

import java.time.Instant;
import no.budstikke.event.LogPosition;

/// One event for one subscription.
final class Delivery {

    private final TrackedEvent event;
    private final Lane lane;
    private final int attempts;
    private final Instant since;
    private final Instant due;
    private final boolean probe;

    // Both for the settling thread alone.
    private boolean heldByCursor;
    private boolean inBacklog;

    private Delivery(
            TrackedEvent event, Lane lane, int attempts, Instant since, Instant due, boolean probe, boolean fromLog) {
        this.event = event;
        this.lane = lane;
        this.attempts = attempts;
        this.since = since;
        this.due = due;
        this.probe = probe;
        this.heldByCursor = fromLog;
        this.inBacklog = !fromLog;
    }

    /// A first attempt: the cursor waits for it.
    static Delivery fromLog(TrackedEvent event, Lane lane, Instant now) {
        return new Delivery(event, lane, 0, now, now, false, true);
    }

    /// A further attempt; no cursor waits for it.
    static Delivery fromBacklog(TrackedEvent event, Lane lane, Backlog.Waiting row) {
        return new Delivery(event, lane, row.attempts(), row.since(), row.due(), false, false);
    }

    /// A further attempt that is made to learn whether the endpoint answers again.
    static Delivery probe(TrackedEvent event, Lane lane, Backlog.Waiting row) {
        return new Delivery(event, lane, row.attempts(), row.since(), row.due(), true, false);
    }

    TrackedEvent event() {
        return event;
    }

    LogPosition at() {
        return event.at();
    }

    /// The right to attempt it.
    Lease lease() {
        return event.lease();
    }

    Lane lane() {
        return lane;
    }

    int subscription() {
        return lane.subscription();
    }

    /// Made before.
    int attempts() {
        return attempts;
    }

    /// When it was first tried or put off.
    Instant since() {
        return since;
    }

    /// When the schedule calls for this attempt. A probe may come before.
    Instant due() {
        return due;
    }

    boolean isProbe() {
        return probe;
    }

    /// Whether the cursor still waits for this delivery.
    boolean isHeldByCursor() {
        return heldByCursor;
    }

    /// Lets the cursor pass: what is left to do is in the backlog, or nothing is left.
    void releaseCursor() {
        if (heldByCursor) {
            heldByCursor = false;
            event.oneSettled();
        }
    }

    /// Whether it has a row in the backlog.
    boolean isInBacklog() {
        return inBacklog;
    }

    void enterBacklog() {
        inBacklog = true;
    }
}

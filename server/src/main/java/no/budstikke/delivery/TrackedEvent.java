package no.budstikke.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;
import no.budstikke.event.Notation;
import no.budstikke.observe.Traceparent;
import org.jspecify.annotations.Nullable;

/// An event under way: in memory from when the feed reads it until all its deliveries are settled. Its
/// counting is done by the settling thread alone.
final class TrackedEvent {

    private final LoggedEvent logged;
    private final Lease lease;
    private final byte[] body;
    private final long readAt;
    private final List<Delivery> deliveries = new ArrayList<>(1);
    private int unsettled;

    /// Guarded by this object's lock.
    private @Nullable Map<Notation, byte[]> spelled;

    /// @param lease of the event's shard, under which it was read
    /// @param readAt `System.nanoTime()` of when it was read
    TrackedEvent(LoggedEvent logged, Lease lease, long readAt) {
        this.logged = logged;
        this.lease = lease;
        this.body = logged.event().json().getBytes(StandardCharsets.UTF_8);
        this.readAt = readAt;
    }

    /// Adds a delivery that the cursor must wait for. Before the event is handed to [Settlement].
    void add(Delivery delivery) {
        deliveries.add(delivery);
        unsettled++;
    }

    LogPosition at() {
        return logged.at();
    }

    /// The right to deliver it.
    Lease lease() {
        return lease;
    }

    Instant stored() {
        return logged.stored();
    }

    /// What its publishing was part of, if somebody traced it.
    Optional<Traceparent> context() {
        return logged.context();
    }

    CloudEvent event() {
        return logged.event();
    }

    /// The delivery's body; never changed.
    byte[] body() {
        return body;
    }

    /// As [#body()], in that notation. Worked out by `spell` when the first delivery asks, and kept for
    /// the others.
    synchronized byte[] body(Notation notation, UnaryOperator<CloudEvent> spell) {
        Map<Notation, byte[]> known = spelled;
        if (known == null) {
            known = new EnumMap<>(Notation.class);
            spelled = known;
        }
        return known.computeIfAbsent(notation, _ -> {
            CloudEvent event = spell.apply(logged.event());
            return event.equals(logged.event()) ? body : event.json().getBytes(StandardCharsets.UTF_8);
        });
    }

    long readAt() {
        return readAt;
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    void oneSettled() {
        unsettled--;
    }

    boolean isSettled() {
        return unsettled == 0;
    }
}

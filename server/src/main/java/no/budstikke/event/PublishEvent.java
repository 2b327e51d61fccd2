package no.budstikke.event;

import no.budstikke.access.Access;
import no.budstikke.event.EventFigures.Publish;
import no.budstikke.identity.Caller;

/// Takes one event from outside into the log. Spec: events §2.3.
final class PublishEvent {

    private final Access access;
    private final StoreEvent storeEvent;

    PublishEvent(Access access, StoreEvent storeEvent) {
        this.access = access;
        this.storeEvent = storeEvent;
    }

    /// What comes of it.
    enum Published {
        /// Durable. The same event published again is told so too.
        STORED,
        /// The caller may not publish this.
        DENIED,
        /// Not now; publishing again is right, and safe.
        UNAVAILABLE
    }

    /// Returns when the event is durable.
    ///
    /// @throws IllegalStateException when the database refuses what our checks let through
    Published publish(Caller caller, CloudEvent event) {
        if (!access.mayPublish(caller, event.target())) {
            storeEvent.publishes().count(Publish.DENIED);
            return Published.DENIED;
        }
        return switch (storeEvent.store(event)) {
            case STORED -> Published.STORED;
            case CROWDED, UNAVAILABLE -> Published.UNAVAILABLE;
            case UNFIT ->
                throw new IllegalStateException("event " + event.id() + " passed all checks but can't be stored");
        };
    }

    /// Counts a request whose event is none.
    void invalid() {
        storeEvent.publishes().count(Publish.INVALID);
    }
}

package no.budstikke.event;

import java.util.Optional;
import no.budstikke.access.Access;
import no.budstikke.access.Access.EventTarget;
import no.budstikke.event.EventFigures.Publish;
import no.budstikke.identity.Caller;
import no.budstikke.observe.Durations;
import no.budstikke.observe.Tally;

/// Takes one event from outside into the log. Spec: events §2.3.
final class PublishEvent {

    private final Access access;
    private final GroupCommit commits;
    private final Tally<Publish> publishes = new Tally<>(Publish.class);
    private final Durations publishing = new Durations();

    PublishEvent(Access access, GroupCommit commits) {
        this.access = access;
        this.commits = commits;
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
        long begun = System.nanoTime();
        Published published = stored(caller, event);
        publishes.count(
                switch (published) {
                    case STORED -> Publish.STORED;
                    case DENIED -> Publish.DENIED;
                    case UNAVAILABLE -> Publish.UNAVAILABLE;
                });
        if (published == Published.STORED) {
            publishing.record(System.nanoTime() - begun);
        }
        return published;
    }

    /// Counts a request whose event is none.
    void invalid() {
        publishes.count(Publish.INVALID);
    }

    Tally<Publish> publishes() {
        return publishes;
    }

    Durations publishing() {
        return publishing;
    }

    private Published stored(Caller caller, CloudEvent event) {
        if (!access.mayPublish(caller, target(event))) {
            return Published.DENIED;
        }
        try {
            return switch (commits.store(event)) {
                case STORED -> Published.STORED;
                case CROWDED, UNAVAILABLE -> Published.UNAVAILABLE;
                case UNFIT ->
                    throw new IllegalStateException("event " + event.id() + " passed all checks but can't be stored");
            };
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Published.UNAVAILABLE;
        }
    }

    static EventTarget target(CloudEvent event) {
        return new EventTarget(event.resource(), event.subject(), Optional.of(event.type()));
    }
}

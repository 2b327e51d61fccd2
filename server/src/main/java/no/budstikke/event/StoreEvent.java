package no.budstikke.event;

import no.budstikke.event.EventFigures.Publish;
import no.budstikke.observe.Durations;
import no.budstikke.observe.Tally;

/// Puts one event into the log, which is also what has it matched and sent: the log is the queue.
final class StoreEvent {

    private final GroupCommit commits;
    private final Tally<Publish> publishes = new Tally<>(Publish.class);
    private final Durations publishing = new Durations();

    StoreEvent(GroupCommit commits) {
        this.commits = commits;
    }

    /// Returns when the event is durable, or when that has failed. The same event again is stored once.
    GroupCommit.Outcome store(CloudEvent event) {
        long begun = System.nanoTime();
        GroupCommit.Outcome outcome = stored(event);
        switch (outcome) {
            case STORED -> {
                publishes.count(Publish.STORED);
                publishing.record(System.nanoTime() - begun);
            }
            case CROWDED, UNAVAILABLE -> publishes.count(Publish.UNAVAILABLE);
            case UNFIT -> publishes.count(Publish.INVALID);
        }
        return outcome;
    }

    private GroupCommit.Outcome stored(CloudEvent event) {
        try {
            return commits.store(event);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return GroupCommit.Outcome.UNAVAILABLE;
        }
    }

    /// What came of requests to publish. Those that come to nothing before [#store] are counted by
    /// whoever refuses them.
    Tally<Publish> publishes() {
        return publishes;
    }

    /// How long publishers waited until their event was on disk.
    Durations publishing() {
        return publishing;
    }
}

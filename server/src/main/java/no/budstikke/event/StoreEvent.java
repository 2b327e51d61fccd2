package no.budstikke.event;

/// Puts one event into the log, which is also what has it matched and sent: the log is the queue.
final class StoreEvent {

    private final GroupCommit commits;

    StoreEvent(GroupCommit commits) {
        this.commits = commits;
    }

    /// Returns when the event is durable, or when that has failed. The same event again is stored once.
    GroupCommit.Outcome store(CloudEvent event) {
        try {
            return commits.store(event);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return GroupCommit.Outcome.UNAVAILABLE;
        }
    }
}

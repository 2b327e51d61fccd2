package no.budstikke.owner;

import java.time.Instant;
import java.util.Optional;
import no.budstikke.event.EventFeed;

/// A job that has many deliveries made once more, bit by bit.
///
/// @param since failed: given up since then; everything: stored since then; empty: no such bound
/// @param reached how far it has got in the log
/// @param untilXid events of this transaction and later ones are not repeated: they are sent anyway
/// @param lookedAt events, or dead letters, that were looked at
/// @param requeued how many of them were put into the backlog
/// @param reason why it waits, or has stopped
record Replay(
        long id,
        int subscription,
        Kind kind,
        Optional<Instant> since,
        int perSecond,
        Instant created,
        State state,
        Optional<String> reason,
        EventFeed.Place reached,
        long untilXid,
        long lookedAt,
        long requeued,
        Optional<Instant> ended) {

    enum Kind {
        /// What was given up.
        FAILED,
        /// All that matches.
        EVERYTHING
    }

    enum State {
        RUNNING,
        DONE,
        CANCELLED
    }
}

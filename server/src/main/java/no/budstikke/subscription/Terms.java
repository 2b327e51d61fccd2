package no.budstikke.subscription;

import java.time.Duration;
import java.util.Optional;
import no.budstikke.event.Notation;

/// How a subscriber wants its events, beyond what Altinn knows. All of it is optional in the request and
/// left out of the answer when it is not asked for.
///
/// @param notation how parties and types are spelled in what it gets; empty: as the server is set up
///     (design §1)
/// @param batch several events in one request; empty: one event each, as in Altinn
/// @param signature which signatures each request carries
public record Terms(Optional<Notation> notation, Ordering ordering, Optional<Batch> batch, Signature signature) {

    /// What Altinn does.
    public static final Terms PLAIN = new Terms(Optional.empty(), Ordering.NONE, Optional.empty(), Signature.SECRET);

    public enum Ordering {
        /// First attempts go out in the order of the log; nothing waits for anything.
        NONE,
        /// The events of one `resourceinstance` are sent one after the other, and later ones wait for a
        /// retried one. Design §4.3.
        RESOURCE_INSTANCE
    }

    /// Signatures of Standard Webhooks.
    public enum Signature {
        /// `v1`, with the subscription's secret.
        SECRET,
        /// `v1` and `v1a`, the latter with this server's key. Some five hundred times as dear, hence
        /// only on request.
        SECRET_AND_KEY
    }

    /// Events in a JSON array, `application/cloudevents-batch+json`.
    ///
    /// @param max most events in one request
    /// @param patience how long the first one waits for others
    public record Batch(int max, Duration patience) {

        static final int LARGEST = 1_000;
        static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    }
}

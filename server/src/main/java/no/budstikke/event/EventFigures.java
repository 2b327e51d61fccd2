package no.budstikke.event;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import no.budstikke.observe.Durations;
import no.budstikke.observe.Tally;

/// What is counted of the log, since the start.
///
/// @param publishes requests to publish, by what came of them
/// @param publishing how long a publisher waited until its event was on disk
/// @param appended events that this node wrote into the log, those of correspondences included,
///     duplicates not
/// @param waiting publishers that wait now for a writer to take their event
public record EventFigures(Tally<Publish> publishes, Durations publishing, LongSupplier appended, IntSupplier waiting) {

    /// What came of a request to publish.
    public enum Publish {
        STORED,
        DENIED,
        INVALID,
        UNAVAILABLE
    }
}

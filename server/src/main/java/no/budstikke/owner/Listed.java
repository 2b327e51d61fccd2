package no.budstikke.owner;

import java.util.List;
import java.util.Optional;
import no.budstikke.event.LogPosition;
import no.budstikke.event.LoggedEvent;

/// A delivery as its owner is to see it.
///
/// @param at its event's place in the log
/// @param event empty when it has left the log
/// @param attempts newest first
/// @param kept its row in the backlog or among the dead letters
/// @param reason why nothing was sent, or will be
record Listed(
        LogPosition at,
        Optional<LoggedEvent> event,
        DeliveryState state,
        List<DeliveryStore.Attempt> attempts,
        Optional<DeliveryStore.Kept> kept,
        Optional<Reason> reason) {

    Listed {
        attempts = List.copyOf(attempts);
    }

    /// Why an event was not sent.
    sealed interface Reason {

        /// One sentence.
        String text();

        /// The consumer has no right to it; the text names the rule, or that there is none.
        record NoRight(String text) implements Reason {}

        /// A filter of the subscription keeps it out.
        ///
        /// @param filter its name in the contract
        record Filter(String filter, String text) implements Reason {}

        /// The subscription does not get events at all, or did not then.
        record Standing(String text) implements Reason {}

        /// There is nothing that speaks against it; it may be under way at this moment.
        record Unknown(String text) implements Reason {}
    }

    /// Whether its owner may know more of the event than that it is there.
    boolean mayBeShown() {
        return reason.filter(Reason.NoRight.class::isInstance).isEmpty();
    }
}

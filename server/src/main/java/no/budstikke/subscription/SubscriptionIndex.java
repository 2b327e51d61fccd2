package no.budstikke.subscription;

import java.util.List;
import java.util.Optional;
import no.budstikke.event.CloudEvent;

/// Finds the subscriptions that match an event. In memory, read without locks; the cost of a look-up
/// depends on what
/// matches, not on how many
/// subscriptions there are. Design §4.2.
public final class SubscriptionIndex {

    /// The validated subscriptions whose filters all match, each once.
    public List<Subscription> matching(CloudEvent event) {
        return no.budstikke.time.Seam.missing(event);
    }

    /// The subscription with that id, validated or not, as long as it exists.
    public Optional<Subscription> find(int id) {
        return no.budstikke.time.Seam.missing(id);
    }
}

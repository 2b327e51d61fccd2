package no.budstikke.access;

import java.util.Optional;
import java.util.Set;
import no.budstikke.identity.Caller;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.resource.Resource;

/// May this caller do this to that. Asks the decision point and sees to its obligations; the shortcuts
/// that the
/// contract names are here and nowhere
/// else.
public final class Access {

    /// Correspondence's question: any of `actions` on `resource` for `party`, perhaps on one instance
    /// (`urn:altinn:correspondence-id:…`).
    /// Includes the service owner's bypass. Spec: correspondence §9.4, authorization §17.2.
    public boolean permits(
            Caller caller, Set<String> actions, Resource resource, PartyIdentifier party, Optional<String> instance) {
        return no.budstikke.time.Seam.missing(caller, actions, resource, party, instance);
    }

    /// Events' question when `caller` publishes: may it `publish` this event. Spec: events §5.9.
    public boolean mayPublish(Caller caller, EventTarget event) {
        return no.budstikke.time.Seam.missing(caller, event);
    }

    /// Events' question when `caller` queries: may it `subscribe` to (see) this event. Obligations count.
    /// Spec:
    /// events
    /// §5.6.
    public boolean mayRead(Caller caller, EventTarget event) {
        return no.budstikke.time.Seam.missing(caller, event);
    }

    /// Events' question when a subscription is created, and before every push: may the consumer
    /// (`/org/ttd`,
    /// `/organisation/…`, `/user/…`, `/systemuser/…`) `subscribe` to this. Obligations don't count.
    /// Answers come from the
    /// cache for up to a minute; a change of a policy empties it. Spec: events §5.7, §5.8.
    public boolean mayReceive(String consumer, EventTarget event) {
        return no.budstikke.time.Seam.missing(consumer, event);
    }

    /// Events' question when a subscription is created: may the consumer `subscribe` to what the filter
    /// names: its resource, its subject if any. Spec: events §5.8.
    public boolean maySubscribe(String consumer, EventTarget filter) {
        return no.budstikke.time.Seam.missing(consumer, filter);
    }

    /// What an event is about, as far as access goes.
    ///
    /// @param resource the full URN, such as `urn:altinn:resource:my-resource`
    /// @param subject  the event's subject as written, or a filter's; empty for none
    /// @param type     the event's type
    public record EventTarget(String resource, Optional<String> subject, Optional<String> type) {}
}

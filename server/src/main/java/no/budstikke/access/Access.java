package no.budstikke.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import no.budstikke.identity.Caller;
import no.budstikke.identity.Scopes;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.Resource;
import no.budstikke.time.ExpiringCache;

/// May this caller do this to that. Asks the decision point and sees to its obligations; the shortcuts
/// that the contract names are here and nowhere else.
public final class Access {

    private static final Duration DECISION_LIFE = Duration.ofMinutes(1);
    private static final int DECISIONS = 200_000;

    private final DecisionPoint decisions;
    private final PartyRegister parties;
    private final InstantSource time;
    private final boolean serviceOwnerBypass;
    private final ExpiringCache<Push, Boolean> pushes;
    private final Function<Push, ExpiringCache.Answer<Boolean>> decidePush = this::decided;

    /// @param serviceOwnerBypass whether a service owner may do on its own resources whatever it likes,
    ///     reading others' correspondences included. Spec: correspondence §9.4.2
    public Access(DecisionPoint decisions, PartyRegister parties, InstantSource time, boolean serviceOwnerBypass) {
        this.decisions = decisions;
        this.parties = parties;
        this.time = time;
        this.serviceOwnerBypass = serviceOwnerBypass;
        this.pushes = new ExpiringCache<>(time, DECISIONS);
    }

    /// What an event is about, as far as access goes.
    ///
    /// @param resource the full URN, such as `urn:altinn:resource:my-resource`
    /// @param subject the event's subject as written, or a filter's; empty for none
    /// @param type the event's type
    /// @param source the event's source
    /// @param instance the event's `resourceinstance`
    public record EventTarget(
            String resource,
            Optional<String> subject,
            Optional<String> type,
            Optional<String> source,
            Optional<String> instance) {

        public EventTarget(String resource, Optional<String> subject, Optional<String> type) {
            this(resource, subject, type, Optional.empty(), Optional.empty());
        }
    }

    /// Everything that a decision about a push depends on.
    private record Push(String consumer, EventTarget event) {}

    /// Correspondence's question: any of `actions` on `resource` for `party`, perhaps on one instance
    /// (`urn:altinn:correspondence-id:…`). Includes the service owner's bypass. Spec: correspondence
    /// §9.4, authorization §17.2.
    public boolean permits(
            Caller caller, Set<String> actions, Resource resource, PartyIdentifier party, Optional<String> instance) {
        if (serviceOwnerBypass && isServiceOwner(caller, resource)) {
            return true;
        }
        return ResourceAttributes.ofCorrespondence(resource, party, instance, parties)
                .map(attributes -> new AccessRequest(SubjectAttributes.of(caller), actions, attributes))
                .map(request -> opens(decisions.decide(request), caller))
                .orElse(false);
    }

    /// Looks at the claim `consumer` only. Spec: correspondence §9.4.
    private static boolean isServiceOwner(Caller caller, Resource resource) {
        return caller.hasScope(Scopes.SERVICE_OWNER)
                && caller.consumer().filter(resource.owner()::equals).isPresent();
    }

    /// Events' question when `caller` publishes: may it `publish` this event. Obligations don't count,
    /// and whoever has the admin scope is not asked. Spec: events §5.9, §8.2.
    public boolean mayPublish(Caller caller, EventTarget event) {
        if (caller.scopes().stream().anyMatch(Scopes.EVENTS_PUBLISH_ADMIN::equalsIgnoreCase)) {
            return true;
        }
        var request = new AccessRequest(
                SubjectAttributes.of(caller), Set.of("publish"), ResourceAttributes.ofEvent(event, parties));
        return decisions.decide(request) instanceof Decision.Permit;
    }

    /// Events' question when `caller` queries: may it `subscribe` to (see) this event. Obligations
    /// count. Spec: events §5.6.
    public boolean mayRead(Caller caller, EventTarget event) {
        return opens(decisions.decide(seeing(SubjectAttributes.of(caller), event)), caller);
    }

    /// Events' question when a subscription is created: may the consumer have what the filter lets
    /// through. A filter that names no party is allowed to whoever may see every party's events, and to
    /// whoever may see its own; before each push the event's own party decides. Spec: events §5.8.
    public boolean maySubscribe(String consumer, EventTarget filter) {
        return mayReceive(consumer, filter)
                || (filter.subject().isEmpty()
                        && ownParty(consumer)
                                .map(party -> new EventTarget(filter.resource(), Optional.of(party), filter.type()))
                                .filter(own -> mayReceive(consumer, own))
                                .isPresent());
    }

    private Optional<String> ownParty(String consumer) {
        return Paths.attribute(consumer).flatMap(attribute -> switch (attribute.id()) {
            case Names.ORGANIZATION -> Optional.of(consumer);
            case Names.ORG -> parties.findByCode(attribute.value()).map(Party::path);
            case Names.USER_ID ->
                Optional.of(attribute.value())
                        .filter(id -> id.matches("\\d{1,9}"))
                        .flatMap(id -> parties.findByUserId(Integer.parseInt(id)))
                        .map(Party::path);
            // Nothing says yet which organisation a system user belongs to.
            default -> Optional.empty();
        });
    }

    /// Events' question before every push: may the consumer (`/org/ttd`, `/organisation/…`, `/user/…`,
    /// `/systemuser/…`) `subscribe` to this, or `read` it when it is an app's. Obligations don't count.
    /// Answers are kept for a minute, each under everything that the policy looks at; [#policyChanged()]
    /// drops them. Spec: events §5.7, Q7.
    public boolean mayReceive(String consumer, EventTarget event) {
        EventTarget asked = ResourceAttributes.reduced(event, id -> decisions.looksAt(event.resource(), id));
        return pushes.get(new Push(consumer, asked), decidePush);
    }

    /// Why [#mayReceive] says no, for people: one sentence. Nothing is kept; not for the usual way of an
    /// event.
    public String whyNot(String consumer, EventTarget event) {
        List<Attribute> subject = SubjectAttributes.ofConsumer(consumer);
        return subject.isEmpty()
                ? "The consumer is nobody that a policy could speak of."
                : decisions.whyNot(seeing(subject, event));
    }

    private ExpiringCache.Answer<Boolean> decided(Push push) {
        List<Attribute> subject = SubjectAttributes.ofConsumer(push.consumer());
        boolean permitted =
                !subject.isEmpty() && decisions.decide(seeing(subject, push.event())) instanceof Decision.Permit;
        return new ExpiringCache.Answer<>(permitted, time.millis() + DECISION_LIFE.toMillis());
    }

    private AccessRequest seeing(List<Attribute> subject, EventTarget event) {
        String action = ResourceAttributes.isApp(event) ? "read" : "subscribe";
        return new AccessRequest(subject, Set.of(action), ResourceAttributes.ofEvent(event, parties));
    }

    /// How well the kept decisions about pushes serve.
    public ExpiringCache.Figures decisionsKept() {
        return pushes.figures();
    }

    /// Drops the decisions that are kept. Called after a policy, or what is known of a party, has been
    /// changed.
    public void policyChanged() {
        pushes.clear();
    }

    /// Whether the decision is a permit whose levels the caller reaches; a service owner may reach its
    /// own level instead. Spec: authorization §17.1.
    private static boolean opens(Decision decision, Caller caller) {
        return switch (decision) {
            case Decision.Permit(List<Decision.Obligation> obligations) ->
                reaches(caller.authLevel(), Names.LEVEL, obligations)
                        || (caller.org().isPresent()
                                && obligations.stream()
                                        .anyMatch(asked -> asked.category().equals(Names.LEVEL_ORG))
                                && reaches(caller.authLevel(), Names.LEVEL_ORG, obligations));
            case Decision.Deny _, Decision.NotApplicable _, Decision.Indeterminate _ -> false;
        };
    }

    private static boolean reaches(int level, String category, List<Decision.Obligation> obligations) {
        return obligations.stream()
                .filter(asked -> asked.category().equals(category))
                .allMatch(asked -> level >= asked.minimumLevel());
    }
}

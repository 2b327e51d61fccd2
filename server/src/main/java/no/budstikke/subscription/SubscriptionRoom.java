package no.budstikke.subscription;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.event.RecentEventStore;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.PlatformAuthentication;
import no.budstikke.party.PartyRegister;
import no.budstikke.schedule.Timers;

/// Wires the room. The root calls [SubscriptionIndex#load()] at start and [SubscriptionIndex#refresh()]
/// about every half second.
public final class SubscriptionRoom {

    /// The timer that asks for a subscription's endpoint to be validated; its id is the subscription's.
    public static final String VALIDATE_SUBSCRIPTION = "validate-subscription";

    private final SubscriptionIndex index;
    private final MarkValidated markValidated;
    private final SubscriptionApi api;

    /// The rooms that this one stands on.
    public record Neighbours(
            Database database,
            Access access,
            Authentication authentication,
            RecentEventStore recentEvents,
            PartyRegister parties,
            Timers timers,
            InstantSource time) {}

    /// How this server is set up.
    ///
    /// @param baseUrl public address of this server: the sources of its events begin with it
    /// @param sourceAliases addresses under which source filters may name this server too
    /// @param rejectUnsupportedFilters setting `compatibility.reject-unsupported-filters`
    /// @param isCorrespondenceResource whether the bare id is a resource that correspondences are sent
    ///     on
    /// @param appsDomains setting `events.appsDomains`
    public record Setup(
            URI baseUrl,
            List<URI> sourceAliases,
            List<String> appsDomains,
            boolean rejectUnsupportedFilters,
            EndpointRule endpoints,
            Predicate<String> isCorrespondenceResource) {

        public Setup {
            sourceAliases = List.copyOf(sourceAliases);
            appsDomains = List.copyOf(appsDomains);
        }
    }

    public SubscriptionRoom(Neighbours neighbours, Setup setup) {
        Database database = neighbours.database();
        Timers timers = neighbours.timers();
        InstantSource time = neighbours.time();
        Parties parties = Parties.of(neighbours.parties());
        var sources = new Sources(
                Sources.configured(setup.baseUrl().toString()),
                setup.sourceAliases().stream()
                        .map(alias -> Sources.configured(alias.toString()))
                        .toList());
        var store = new SubscriptionStore();
        index = new SubscriptionIndex(database, store, sources, parties);
        markValidated = new MarkValidated(database, store, index);
        var admission = new Admission(
                new SubscriptionRules(
                        setup.endpoints(),
                        sources,
                        setup.rejectUnsupportedFilters(),
                        new AppRules(setup.appsDomains(), parties)),
                neighbours.access()::maySubscribe);
        var warnings = new FilterWarnings(sources, parties, setup.isCorrespondenceResource());
        var create = new CreateSubscription(
                database,
                store,
                index,
                admission,
                warnings,
                (tx, id) -> timers.set(tx, VALIDATE_SUBSCRIPTION, Integer.toString(id), time.instant()),
                time);
        api = new SubscriptionApi(
                neighbours.authentication(),
                create,
                new TrySubscription(
                        database, store, admission, warnings, neighbours.recentEvents(), neighbours.access(), time),
                new ListSubscriptions(database, store),
                new ShowSubscription(database, store, index),
                new DeleteSubscription(database, store, index));
    }

    /// Finds the subscriptions that match an event.
    public SubscriptionIndex index() {
        return index;
    }

    /// For whoever sends the validation event.
    public MarkValidated markValidated() {
        return markValidated;
    }

    public void addRoutes(Routes routes) {
        api.addRoutes(routes);
    }

    /// The routes for components of the platform.
    public void addPrivateRoutes(Routes routes, PlatformAuthentication platform) {
        new PrivateSubscriptionApi(platform, markValidated).addRoutes(routes);
    }
}

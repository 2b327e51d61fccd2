package no.budstikke.owner;

import java.time.InstantSource;
import no.budstikke.access.Access;
import no.budstikke.database.Changes;
import no.budstikke.database.Database;
import no.budstikke.delivery.Redelivery;
import no.budstikke.event.EventLookupStore;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.SubscriptionIndex;

/// Wires the room, and works off replays between [#start] and [#close].
public final class OwnerRoom implements AutoCloseable {

    private final DeliveriesApi deliveriesApi;
    private final ReplayApi replayApi;
    private final ReplayLoop loop;

    /// The rooms that this one stands on.
    public record Neighbours(
            Database database,
            Changes changes,
            Access access,
            Authentication authentication,
            EventLookupStore events,
            SubscriptionIndex subscriptions,
            ShowSubscription show,
            Redelivery redelivery,
            InstantSource time) {}

    /// @param baseUrl what stands before the path in addresses that we give out, without a slash at the
    ///     end
    public OwnerRoom(Neighbours on, String baseUrl) {
        var owned = new Owned(on.authentication(), on.show());
        var deliveries = new DeliveryStore();
        var replays = new ReplayStore();
        deliveriesApi = new DeliveriesApi(
                owned,
                on.database(),
                deliveries,
                new ListDeliveries(on.database(), deliveries, on.events(), on.subscriptions(), on.access()),
                new ResendDelivery(on.database(), on.events(), on.subscriptions(), on.redelivery()),
                on.time(),
                baseUrl);
        replayApi = new ReplayApi(
                owned,
                on.database(),
                replays,
                new StartReplay(on.database(), replays, on.events(), on.time()),
                on.time());
        loop = new ReplayLoop(on.database(), replays, on.events(), on.subscriptions(), on.redelivery(), on.time());
        on.changes().on(Changes.Topic.REPLAY, loop::ordered);
    }

    public void addRoutes(Routes routes) {
        deliveriesApi.addRoutes(routes);
        replayApi.addRoutes(routes);
    }

    public void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
    }
}

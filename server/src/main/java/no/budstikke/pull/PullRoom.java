package no.budstikke.pull;

import java.time.InstantSource;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.LogWatch;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.party.PartyRegister;
import no.budstikke.subscription.PullCursors;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.SubscriptionIndex;

/// Wires the room.
public final class PullRoom {

    private final PullApi api;

    /// The rooms that this one stands on.
    public record Neighbours(
            Database database,
            Access access,
            Authentication authentication,
            PartyRegister parties,
            EventLookupStore events,
            LogWatch watch,
            SubscriptionIndex subscriptions,
            ShowSubscription show,
            PullCursors cursors,
            InstantSource time) {}

    public PullRoom(Neighbours on) {
        api = new PullApi(
                on.authentication(),
                on.show(),
                new PullEvents(
                        on.database(),
                        on.events(),
                        on.watch(),
                        on.subscriptions(),
                        on.cursors(),
                        on.access(),
                        on.parties()),
                on.cursors(),
                on.time());
    }

    public void addRoutes(Routes routes) {
        api.addRoutes(routes);
    }
}

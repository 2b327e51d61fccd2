package no.budstikke.credential;

import java.time.Duration;
import java.time.InstantSource;
import no.budstikke.database.Database;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.schedule.Timers;
import no.budstikke.subscription.EndpointRule;
import no.budstikke.subscription.SubscriptionRoom;
import no.budstikke.subscription.Terms;

/// Wires the room. The root calls [CredentialIndex#refresh()] at start, when something was told of, and
/// now and then.
public final class CredentialRoom {

    private final CredentialIndex index;
    private final DeliverySignatures signatures;
    private final CredentialApi api;

    /// The rooms that this one stands on.
    public record Neighbours(
            Database database,
            Authentication authentication,
            SubscriptionRoom subscriptions,
            Timers timers,
            InstantSource time) {}

    /// How this server is set up.
    ///
    /// @param key what everything is sealed with, 32 bytes or more; the same on every node
    /// @param keyLifetime how old a signing key of the server grows before there is a new one
    /// @param tokenEndpoints which may be named
    /// @param wallClock the clock of the world around us, which nobody moves
    @SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
    public record Setup(byte[] key, Duration keyLifetime, EndpointRule tokenEndpoints, InstantSource wallClock) {}

    public CredentialRoom(Neighbours neighbours, Setup setup) {
        Database database = neighbours.database();
        SubscriptionRoom subscriptions = neighbours.subscriptions();
        var vault = new Vault(setup.key());
        var store = new CredentialStore();
        var sealed = new SealedCredentials(vault);
        var keys = new ServerKeys(store, vault, setup.keyLifetime(), neighbours.time());
        index = new CredentialIndex(database, store, sealed, keys, vault);
        subscriptions.index().onDeleted(index::forget);
        signatures = new DeliverySignatures(
                index,
                keys,
                id -> subscriptions
                        .index()
                        .find(id)
                        .filter(subscription -> subscription.terms().signature() == Terms.Signature.SECRET_AND_KEY)
                        .isPresent(),
                neighbours.time(),
                setup.wallClock());
        api = new CredentialApi(
                neighbours.authentication(),
                new ChangeSecrets(database, store, sealed, vault, index, subscriptions.show(), neighbours.time()),
                new ChangeCredentials(
                        database,
                        store,
                        sealed,
                        index,
                        subscriptions.show(),
                        setup.tokenEndpoints(),
                        (tx, id) -> neighbours
                                .timers()
                                .set(
                                        tx,
                                        SubscriptionRoom.VALIDATE_SUBSCRIPTION,
                                        Integer.toString(id),
                                        neighbours.time().instant()),
                        setup.wallClock()),
                keys,
                neighbours.time());
    }

    /// The credentials for endpoints.
    public CredentialIndex index() {
        return index;
    }

    /// For whoever sends to endpoints.
    public DeliverySignatures signatures() {
        return signatures;
    }

    public void addRoutes(Routes routes) {
        api.addRoutes(routes);
    }
}

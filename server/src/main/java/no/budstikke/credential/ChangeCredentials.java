package no.budstikke.credential;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.identity.Caller;
import no.budstikke.subscription.CanonicalUrl;
import no.budstikke.subscription.EndpointRule;
import no.budstikke.subscription.OwnSubscription;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.Subscription;

/// Takes, shows and removes the credentials for a subscription's endpoint. Takes effect as
/// [ChangeSecrets] does. An endpoint that has not been validated, perhaps because it let nobody in, is
/// tried again at once.
final class ChangeCredentials {

    private final Database database;
    private final CredentialStore store;
    private final SealedCredentials sealed;
    private final CredentialIndex index;
    private final ShowSubscription show;
    private final EndpointRule endpoints;
    private final ObjIntConsumer<Transaction> validate;
    private final InstantSource wallClock;

    /// @param validate has the endpoint of the subscription with this id validated, once the transaction
    ///     is committed
    /// @param wallClock by which certificates expire
    ChangeCredentials(
            Database database,
            CredentialStore store,
            SealedCredentials sealed,
            CredentialIndex index,
            ShowSubscription show,
            EndpointRule endpoints,
            ObjIntConsumer<Transaction> validate,
            InstantSource wallClock) {
        this.database = database;
        this.store = store;
        this.sealed = sealed;
        this.index = index;
        this.show = show;
        this.endpoints = endpoints;
        this.validate = validate;
        this.wallClock = wallClock;
    }

    /// What came of it.
    sealed interface Outcome {

        record There(EndpointCredentials credentials) implements Outcome {}

        record None() implements Outcome {}

        record Unusable(String member, String reason) implements Outcome {}

        record SomebodyElses() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    Outcome show(Caller caller, int id) {
        return own(caller, id, _ -> shown(sealed.open(database.inTransaction(tx -> store.find(tx, id)))));
    }

    /// Replaces whatever was there.
    Outcome put(Caller caller, int id, JsonNode json) {
        return own(caller, id, subscription -> switch (CredentialsReader.read(json)) {
            case CredentialsReader.Reading.Unusable(String member, String reason) ->
                new Outcome.Unusable(member, reason);
            case CredentialsReader.Reading.Understood(EndpointCredentials credentials) ->
                complaint(credentials)
                        .<Outcome>map(unusable -> unusable)
                        .orElseGet(() -> store(subscription, Optional.of(credentials)));
        });
    }

    Outcome remove(Caller caller, int id) {
        return own(caller, id, subscription -> store(subscription, Optional.empty()));
    }

    /// What would be of no use on this server, today.
    private Optional<Outcome.Unusable> complaint(EndpointCredentials credentials) {
        Instant now = wallClock.instant();
        if (credentials
                .client()
                .map(client -> hasExpired(client.certificate(), now))
                .orElse(false)) {
            return Optional.of(new Outcome.Unusable("$.clientCertificate", "This certificate has expired."));
        }
        return credentials
                .grant()
                .filter(grant -> !isAllowed(grant))
                .map(grant -> new Outcome.Unusable(
                        switch (grant) {
                            case TokenGrant.ClientSecret _ -> "$.oauth2.tokenEndpoint";
                            case TokenGrant.Maskinporten _ -> "$.maskinporten.tokenEndpoint";
                        },
                        "This must be an https address without user name and fragment."));
    }

    private static boolean hasExpired(X509Certificate certificate, Instant now) {
        return certificate.getNotAfter().toInstant().isBefore(now);
    }

    private boolean isAllowed(TokenGrant grant) {
        String address = grant.tokenEndpoint().toString();
        return (address.startsWith("https://") || address.startsWith("http://"))
                && endpoints.allows(new CanonicalUrl(address));
    }

    private Outcome store(Subscription subscription, Optional<EndpointCredentials> credentials) {
        int id = subscription.id();
        Optional<Held> stored = database.inTransaction(tx -> store.lock(tx, id).map(row -> {
            var held = new Held(sealed.open(row).secrets(), credentials);
            store.put(tx, sealed.seal(id, held));
            if (credentials.isPresent() && !subscription.validated()) {
                validate.accept(tx, id);
            }
            return held;
        }));
        index.refreshAfterCommit();
        return stored.map(ChangeCredentials::shown).orElseGet(Outcome.Unknown::new);
    }

    private static Outcome shown(Held held) {
        return held.credentials().<Outcome>map(Outcome.There::new).orElseGet(Outcome.None::new);
    }

    private Outcome own(Caller caller, int id, Function<Subscription, Outcome> work) {
        return switch (show.show(caller, id)) {
            case OwnSubscription.Yours(Subscription subscription) -> work.apply(subscription);
            case OwnSubscription.SomebodyElses _ -> new Outcome.SomebodyElses();
            case OwnSubscription.Unknown _ -> new Outcome.Unknown();
        };
    }
}

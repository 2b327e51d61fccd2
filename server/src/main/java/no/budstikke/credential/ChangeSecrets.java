package no.budstikke.credential;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.identity.Caller;
import no.budstikke.subscription.OwnSubscription;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.Subscription;

/// Shows a subscription's signing secret to its owner, once, and changes it. Takes effect here at once,
/// on the other nodes with their next poll, well within a second.
final class ChangeSecrets {

    private final Database database;
    private final CredentialStore store;
    private final SealedCredentials sealed;
    private final Vault vault;
    private final CredentialIndex index;
    private final ShowSubscription show;
    private final InstantSource time;

    ChangeSecrets(
            Database database,
            CredentialStore store,
            SealedCredentials sealed,
            Vault vault,
            CredentialIndex index,
            ShowSubscription show,
            InstantSource time) {
        this.database = database;
        this.store = store;
        this.sealed = sealed;
        this.vault = vault;
        this.index = index;
        this.show = show;
        this.time = time;
    }

    /// What came of it.
    sealed interface Outcome {

        /// As they are now.
        ///
        /// @param wasShown whether the owner has ever been shown the newest
        record Secrets(SigningSecrets secrets, boolean wasShown) implements Outcome {}

        /// As many sign at once as may.
        record TooMany() implements Outcome {}

        record SomebodyElses() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    Outcome show(Caller caller, int id) {
        return switch (show.show(caller, id)) {
            case OwnSubscription.Yours(Subscription subscription) ->
                secrets(database.inTransaction(tx -> store.find(tx, id)), subscription);
            case OwnSubscription.SomebodyElses _ -> new Outcome.SomebodyElses();
            case OwnSubscription.Unknown _ -> new Outcome.Unknown();
        };
    }

    private Outcome.Secrets secrets(CredentialStore.Row row, Subscription subscription) {
        Optional<SigningSecrets> shown = sealed.open(row).secrets();
        return new Outcome.Secrets(
                shown.orElseGet(() -> index.bornWith(subscription.id(), subscription.created())), shown.isPresent());
    }

    /// The first time: the secret that the subscription was born with, which has signed everything so
    /// far. After that: a new one.
    ///
    /// @param overlap how long the one before it signs along
    Outcome rotate(Caller caller, int id, Duration overlap) {
        return change(caller, id, before -> {
            Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
            if (!before.wasShown()) {
                return new Outcome.Secrets(before.secrets(), true);
            }
            if (overlap.isPositive() && before.secrets().valid(now).size() >= SigningSecrets.MOST) {
                return new Outcome.TooMany();
            }
            SigningSecret added = SigningSecret.of(vault.random(SigningSecret.BYTES), now);
            return new Outcome.Secrets(before.secrets().rotated(added, overlap, now), true);
        });
    }

    /// Ends those before the newest.
    Outcome endFormer(Caller caller, int id) {
        return change(
                caller,
                id,
                before ->
                        before.wasShown() ? new Outcome.Secrets(before.secrets().newestAlone(), true) : before);
    }

    @FunctionalInterface
    private interface Step {

        Outcome of(Outcome.Secrets before);
    }

    private Outcome change(Caller caller, int id, Step step) {
        return switch (show.show(caller, id)) {
            case OwnSubscription.Yours(Subscription subscription) -> change(subscription, step);
            case OwnSubscription.SomebodyElses _ -> new Outcome.SomebodyElses();
            case OwnSubscription.Unknown _ -> new Outcome.Unknown();
        };
    }

    private Outcome change(Subscription subscription, Step step) {
        Outcome outcome = database.inTransaction(tx -> {
            Optional<CredentialStore.Row> row = store.lock(tx, subscription.id());
            if (row.isEmpty()) {
                return new Outcome.Unknown();
            }
            Outcome after = step.of(secrets(row.get(), subscription));
            if (after instanceof Outcome.Secrets(SigningSecrets secrets, boolean shown) && shown) {
                var held = new Held(Optional.of(secrets), sealed.open(row.get()).credentials());
                store.put(tx, sealed.seal(subscription.id(), held));
            }
            return after;
        });
        index.refreshAfterCommit();
        return outcome;
    }
}

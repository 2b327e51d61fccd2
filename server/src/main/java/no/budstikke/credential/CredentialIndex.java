package no.budstikke.credential;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import no.budstikke.database.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is held for subscriptions, open in memory, so that a delivery asks no database. Follows the
/// database: at once where a change was made, on the other nodes with their next [#refresh()].
public final class CredentialIndex {

    private static final Logger LOG = LoggerFactory.getLogger(CredentialIndex.class);

    private final Database database;
    private final CredentialStore store;
    private final SealedCredentials sealed;
    private final ServerKeys keys;
    private final Vault vault;
    private final Map<Integer, Held> bySubscription = new ConcurrentHashMap<>();
    /// Of those that were signed with: to work one out costs as much as to sign twice.
    private final Map<Integer, SigningSecrets> inborn = new ConcurrentHashMap<>();

    /// Guarded by this object's lock, as is every refresh: an older state never follows a newer one.
    private long horizon;

    CredentialIndex(Database database, CredentialStore store, SealedCredentials sealed, ServerKeys keys, Vault vault) {
        this.database = database;
        this.store = store;
        this.sealed = sealed;
        this.keys = keys;
        this.vault = vault;
    }

    /// Takes over what has changed since the last call; the first reads everything. Two indexed queries
    /// when nothing has. To be called when something was told of, and now and then.
    ///
    /// @throws RuntimeException when the database can't be asked, or something in it was sealed with
    ///     another key
    public synchronized void refresh() {
        keys.refresh(database);
        long since = horizon;
        Changes read = database.inTransaction(tx -> {
            long next = store.horizon(tx);
            return new Changes(next, store.changed(tx, since));
        });
        for (CredentialStore.Row row : read.rows()) {
            bySubscription.put(row.subscription(), sealed.open(row));
        }
        horizon = read.horizon();
    }

    private record Changes(long horizon, List<CredentialStore.Row> rows) {}

    /// Takes over a change that has just been committed here. It can't fail: the change stands, whatever
    /// happens.
    void refreshAfterCommit() {
        try {
            refresh();
        } catch (RuntimeException e) {
            LOG.warn("changed credentials will take effect with the next poll, for they could not be read", e);
        }
    }

    /// The subscription is gone.
    void forget(int subscription) {
        bySubscription.remove(subscription);
        inborn.remove(subscription);
    }

    /// What the subscription's endpoint asks of whoever comes.
    public Optional<EndpointCredentials> credentials(int subscription) {
        return held(subscription).credentials();
    }

    Held held(int subscription) {
        return bySubscription.getOrDefault(subscription, Held.NOTHING);
    }

    /// The secrets to sign with.
    SigningSecrets secrets(int subscription) {
        return held(subscription)
                .secrets()
                .orElseGet(() -> inborn.computeIfAbsent(subscription, id -> bornWith(id, Instant.EPOCH)));
    }

    /// A subscription has a secret from birth: worked out from our own key, so that none need be stored
    /// for those who never ask.
    SigningSecrets bornWith(int subscription, Instant born) {
        return new SigningSecrets(
                List.of(SigningSecret.of(vault.derive("the signing secret of subscription " + subscription), born)));
    }
}

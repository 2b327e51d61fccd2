package no.budstikke.credential;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This server's signing keys, the same on every node. A new one is made when the newest is old enough;
/// the one before it goes on signing, and stays among the published ones, for a week.
final class ServerKeys {

    private static final Logger LOG = LoggerFactory.getLogger(ServerKeys.class);

    /// Long enough for whoever keeps a copy of the published keys.
    static final Duration OVERLAP = Duration.ofDays(7);

    private final CredentialStore store;
    private final Vault vault;
    private final Duration lifetime;
    private final InstantSource time;
    private volatile List<ServerKey> newestFirst = List.of();

    /// @param lifetime how old a key grows before there is a new one
    ServerKeys(CredentialStore store, Vault vault, Duration lifetime, InstantSource time) {
        this.store = store;
        this.vault = vault;
        this.lifetime = lifetime;
        this.time = time;
    }

    /// Those that sign now, newest first.
    List<ServerKey> signing() {
        Instant now = time.instant();
        return newestFirst.stream().filter(key -> key.signs(now)).toList();
    }

    /// Takes over what other nodes did; makes a key when one is due.
    void refresh(Database database) {
        List<CredentialStore.KeyRow> rows = database.inTransaction(store::keys);
        if (isDue(rows)) {
            rows = database.inTransaction(this::rotate);
        }
        if (!rows.stream()
                .map(row -> row.id() + row.ends())
                .toList()
                .equals(newestFirst.stream().map(key -> key.id() + key.ends()).toList())) {
            newestFirst = rows.stream().map(this::opened).toList();
        }
    }

    private boolean isDue(List<CredentialStore.KeyRow> newestFirst) {
        return newestFirst.isEmpty()
                || !time.instant().isBefore(newestFirst.getFirst().created().plus(lifetime));
    }

    private List<CredentialStore.KeyRow> rotate(Transaction tx) {
        store.lockKeys(tx);
        if (isDue(store.keys(tx))) {
            Instant now = time.instant();
            ServerKey key = ServerKey.made(now);
            store.addKey(
                    tx,
                    new CredentialStore.KeyRow(
                            key.id(),
                            vault.seal(purpose(key.id()), key.key().getEncoded()),
                            key.published(),
                            now,
                            key.ends()),
                    now.plus(OVERLAP));
            LOG.info("new signing key {}; the one before it signs along for {}", key.id(), OVERLAP);
        }
        return store.keys(tx);
    }

    private ServerKey opened(CredentialStore.KeyRow row) {
        return new ServerKey(
                row.id(),
                ServerKey.privateKey(vault.open(purpose(row.id()), row.sealed())),
                row.published(),
                row.created(),
                row.ends());
    }

    private static String purpose(String id) {
        return "the signing key " + id;
    }
}

package no.budstikke.credential;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Transaction;
import org.jspecify.annotations.Nullable;

/// Sealed secrets, credentials and signing keys in the database.
final class CredentialStore {

    /// What is sealed for one subscription; null where there is nothing.
    @SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
    record Row(int subscription, byte @Nullable [] secrets, byte @Nullable [] credentials) {}

    @SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
    record KeyRow(String id, byte[] sealed, byte[] published, Instant created, Optional<Instant> ends) {}

    private static final String MAKE_ROOM = """
            insert into subscription_credential (subscription)
            select id
              from subscription
             where id = :subscription
            on conflict do nothing
            """;

    private static final String LOCK = """
            select subscription, secrets, credentials
              from subscription_credential
             where subscription = :subscription
               for update
            """;

    /// The subscription's row, made if need be, locked until the transaction ends; empty when the
    /// subscription is gone.
    Optional<Row> lock(Transaction tx, int subscription) {
        tx.handle().createUpdate(MAKE_ROOM).bind("subscription", subscription).execute();
        return tx.handle()
                .createQuery(LOCK)
                .bind("subscription", subscription)
                .map((row, _) -> row(row))
                .findOne();
    }

    private static final String FIND = """
            select subscription, secrets, credentials
              from subscription_credential
             where subscription = :subscription
            """;

    Row find(Transaction tx, int subscription) {
        return tx.handle()
                .createQuery(FIND)
                .bind("subscription", subscription)
                .map((row, _) -> row(row))
                .findOne()
                .orElseGet(() -> new Row(subscription, null, null));
    }

    private static final String PUT = """
            update subscription_credential
               set secrets = :secrets, credentials = :credentials, changed = pg_current_xact_id()::text::bigint
             where subscription = :subscription
            """;

    void put(Transaction tx, Row row) {
        tx.handle()
                .createUpdate(PUT)
                .bind("subscription", row.subscription())
                .bind("secrets", row.secrets())
                .bind("credentials", row.credentials())
                .execute();
    }

    private static final String HORIZON = """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            """;

    /// What a later reader may not have seen was changed by this transaction or a later one. To be read
    /// before the rows.
    long horizon(Transaction tx) {
        return tx.handle().createQuery(HORIZON).mapTo(Long.class).one();
    }

    private static final String CHANGED = """
            select subscription, secrets, credentials
              from subscription_credential
             where changed >= :since
            """;

    /// Some may have been seen before.
    List<Row> changed(Transaction tx, long since) {
        return tx.handle()
                .createQuery(CHANGED)
                .bind("since", since)
                .map((row, _) -> row(row))
                .list();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(row.getInt("subscription"), row.getBytes("secrets"), row.getBytes("credentials"));
    }

    private static final String LOCK_KEYS = """
            lock table signing_key in share row exclusive mode
            """;

    /// One node at a time looks whether a new key is due; readers are not held up.
    void lockKeys(Transaction tx) {
        tx.handle().execute(LOCK_KEYS);
    }

    private static final String KEYS = """
            select id, sealed, published, created, ends
              from signing_key
             order by created desc, id
            """;

    /// Newest first.
    List<KeyRow> keys(Transaction tx) {
        return tx.handle().createQuery(KEYS).map((row, _) -> keyRow(row)).list();
    }

    private static KeyRow keyRow(ResultSet row) throws SQLException {
        OffsetDateTime ends = row.getObject("ends", OffsetDateTime.class);
        return new KeyRow(
                row.getString("id"),
                row.getBytes("sealed"),
                row.getBytes("published"),
                row.getObject("created", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(ends).map(OffsetDateTime::toInstant));
    }

    private static final String END_KEYS = """
            update signing_key
               set ends = :ends
             where ends is null
            """;

    private static final String FORGET_KEYS = """
            delete from signing_key
             where ends <= :now
            """;

    private static final String ADD_KEY = """
            insert into signing_key (id, sealed, published, created)
            values (:id, :sealed, :published, :created)
            """;

    /// Adds a key; the one before it signs along until `formerEnds`, those that have ended are
    /// forgotten.
    void addKey(Transaction tx, KeyRow key, Instant formerEnds) {
        tx.handle()
                .createUpdate(FORGET_KEYS)
                .bind("now", key.created().atOffset(ZoneOffset.UTC))
                .execute();
        tx.handle()
                .createUpdate(END_KEYS)
                .bind("ends", formerEnds.atOffset(ZoneOffset.UTC))
                .execute();
        tx.handle()
                .createUpdate(ADD_KEY)
                .bind("id", key.id())
                .bind("sealed", key.sealed())
                .bind("published", key.published())
                .bind("created", key.created().atOffset(ZoneOffset.UTC))
                .execute();
    }
}

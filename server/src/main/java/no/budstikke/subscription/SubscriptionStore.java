package no.budstikke.subscription;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import no.budstikke.database.Transaction;
import no.budstikke.event.Notation;
import org.jdbi.v3.core.result.ResultIterable;
import org.jspecify.annotations.Nullable;

/// Subscriptions in the database, and the changes to them that nodes poll for.
final class SubscriptionStore {

    private static final int FETCH = 5_000;

    private static final String ADD = """
            insert into subscription
                   (end_point, source_filter, resource_filter, subject_filter, alternative_subject_filter,
                    type_filter, include_subunits, consumer, created_by, created, validated, notation, ordering,
                    batch_max, batch_wait_ms, signature)
            values (:end_point, :source_filter, :resource_filter, :subject_filter, :alternative_subject_filter,
                    :type_filter, :include_subunits, :consumer, :created_by, :created, :validated, :notation, :ordering,
                    :batch_max, :batch_wait_ms, :signature)
            on conflict (consumer, resource_filter, include_subunits, md5(end_point), md5(source_filter),
                         md5(subject_filter), md5(alternative_subject_filter), md5(type_filter))
            do update set notation = excluded.notation, ordering = excluded.ordering,
                          batch_max = excluded.batch_max, batch_wait_ms = excluded.batch_wait_ms,
                          signature = excluded.signature
            returning id, end_point, source_filter, resource_filter, subject_filter, alternative_subject_filter,
                      type_filter, include_subunits, consumer, created_by, created, validated, notation, ordering,
                   batch_max, batch_wait_ms, signature, paused, disabled, disabled_reason
            """;

    /// Stores a new subscription; returns it, or the one that was there already with the same consumer,
    /// endpoint and filters, which takes over the terms. Without an endpoint there is nothing to
    /// validate. Spec: events §4.5, Q18.
    Subscription add(Transaction tx, SubscriptionRules.Verdict.Granted granted, String owner, Instant now) {
        Subscription.Filters filters = granted.filters();
        Terms terms = granted.terms();
        return tx.handle()
                .createQuery(ADD)
                .bind("end_point", granted.endPoint().map(CanonicalUrl::text).orElse(null))
                .bind("source_filter", filters.source().map(CanonicalUrl::text).orElse(null))
                .bind("resource_filter", filters.resource())
                .bind("subject_filter", filters.subject().orElse(null))
                .bind("alternative_subject_filter", filters.alternativeSubject().orElse(null))
                .bind("type_filter", filters.type().orElse(null))
                .bind("include_subunits", filters.includeSubunits())
                .bind("consumer", owner)
                .bind("created_by", owner)
                .bind("created", now.atOffset(ZoneOffset.UTC))
                .bind("validated", granted.endPoint().isEmpty())
                .bind("notation", terms.notation().map(Notation::name).orElse(null))
                .bind(
                        "ordering",
                        terms.ordering() == Terms.Ordering.NONE
                                ? null
                                : terms.ordering().name())
                .bind("batch_max", terms.batch().map(Terms.Batch::max).orElse(null))
                .bind(
                        "batch_wait_ms",
                        terms.batch().map(batch -> batch.patience().toMillis()).orElse(null))
                .bind(
                        "signature",
                        terms.signature() == Terms.Signature.SECRET
                                ? null
                                : terms.signature().name())
                .map((row, _) -> subscription(row))
                .one();
    }

    private static final String FIND = """
            select id, end_point, source_filter, resource_filter, subject_filter, alternative_subject_filter,
                   type_filter, include_subunits, consumer, created_by, created, validated, notation, ordering,
                   batch_max, batch_wait_ms, signature, paused, disabled, disabled_reason
              from subscription
             where id = :id
            """;

    Optional<Subscription> find(Transaction tx, int id) {
        return tx.handle()
                .createQuery(FIND)
                .bind("id", id)
                .map((row, _) -> subscription(row))
                .findOne();
    }

    private static final String OF_CONSUMER = """
            select id, end_point, source_filter, resource_filter, subject_filter, alternative_subject_filter,
                   type_filter, include_subunits, consumer, created_by, created, validated, notation, ordering,
                   batch_max, batch_wait_ms, signature, paused, disabled, disabled_reason
              from subscription
             where consumer = :consumer
             order by id
            """;

    List<Subscription> ofConsumer(Transaction tx, String consumer) {
        return tx.handle()
                .createQuery(OF_CONSUMER)
                .bind("consumer", consumer)
                .map((row, _) -> subscription(row))
                .list();
    }

    private static final String DELETE = """
            delete from subscription
             where id = :id
            """;

    void delete(Transaction tx, int id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static final String MARK_VALIDATED = """
            update subscription
               set validated = true, disabled = null, disabled_reason = null
             where id = :id
               and (not validated or disabled is not null)
            """;

    void markValidated(Transaction tx, int id) {
        tx.handle().createUpdate(MARK_VALIDATED).bind("id", id).execute();
    }

    private static final String DISABLE = """
            update subscription
               set disabled = :now, disabled_reason = :reason
             where id = :id
               and disabled is null
            """;

    /// Whether it was not disabled before.
    boolean disable(Transaction tx, int id, String reason, Instant now) {
        return tx.handle()
                        .createUpdate(DISABLE)
                        .bind("id", id)
                        .bind("reason", reason)
                        .bind("now", now.atOffset(ZoneOffset.UTC))
                        .execute()
                > 0;
    }

    private static final String PAUSE = """
            update subscription
               set paused = :now
             where id = :id
               and paused is null
            """;

    /// Keeps the time of an earlier pause.
    void pause(Transaction tx, int id, Instant now) {
        tx.handle()
                .createUpdate(PAUSE)
                .bind("id", id)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static final String RESUME = """
            update subscription
               set paused = null
             where id = :id
               and paused is not null
            """;

    void resume(Transaction tx, int id) {
        tx.handle().createUpdate(RESUME).bind("id", id).execute();
    }

    private static final String HORIZON = """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon, now() as read
            """;

    /// The oldest transaction under way: what a later reader may not have seen has this number or a
    /// higher one.
    Horizon horizon(Transaction tx) {
        return tx.handle().createQuery(HORIZON).map((row, _) -> horizon(row)).one();
    }

    /// How far the changes have been read.
    ///
    /// @param xid read again from this transaction on
    /// @param read when, by the database's clock
    record Horizon(long xid, Instant read) {}

    private static final String ALL = """
            select id, end_point, source_filter, resource_filter, subject_filter, alternative_subject_filter,
                   type_filter, include_subunits, consumer, created_by, created, validated, notation, ordering,
                   batch_max, batch_wait_ms, signature, paused, disabled, disabled_reason
              from subscription
            """;

    void forEach(Transaction tx, Consumer<Subscription> action) {
        ResultIterable<Subscription> all =
                tx.handle().createQuery(ALL).setFetchSize(FETCH).map((row, _) -> subscription(row));
        all.useStream(stream -> stream.forEach(action));
    }

    /// Always at least one row, so that the new horizon comes with the changes in one statement.
    private static final String CHANGES = """
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon, now() as read,
                   c.subscription as changed, s.id, s.end_point, s.source_filter, s.resource_filter, s.subject_filter,
                   s.alternative_subject_filter, s.type_filter, s.include_subunits, s.consumer, s.created_by,
                   s.created, s.validated, s.notation, s.ordering, s.batch_max, s.batch_wait_ms, s.signature, s.paused,
                   s.disabled, s.disabled_reason
              from (values (1)) one (row)
              left join (select distinct subscription
                           from subscription_change
                          where xid >= :xid) c on true
              left join subscription s on s.id = c.subscription
            """;

    /// What changed since then, each subscription as it is now; some may have been seen before.
    Changes changesSince(Transaction tx, Horizon since) {
        List<ChangeRow> rows = tx.handle()
                .createQuery(CHANGES)
                .bind("xid", since.xid())
                .map((row, _) -> changeRow(row))
                .list();
        return new Changes(
                rows.getFirst().horizon(),
                rows.stream()
                        .flatMap(row -> Optional.ofNullable(row.change()).stream())
                        .toList());
    }

    record Changes(Horizon horizon, List<Change> changes) {

        Changes {
            changes = List.copyOf(changes);
        }
    }

    sealed interface Change {

        record Present(Subscription subscription) implements Change {}

        record Deleted(int id) implements Change {}
    }

    private record ChangeRow(Horizon horizon, @Nullable Change change) {}

    private static ChangeRow changeRow(ResultSet row) throws SQLException {
        int id = row.getInt("changed");
        if (row.wasNull()) {
            return new ChangeRow(horizon(row), null);
        }
        boolean exists = row.getString("consumer") != null;
        return new ChangeRow(horizon(row), exists ? new Change.Present(subscription(row)) : new Change.Deleted(id));
    }

    private static Horizon horizon(ResultSet row) throws SQLException {
        return new Horizon(row.getLong("horizon"), instant(row, "read"));
    }

    private static final String FORGET_CHANGES = """
            delete from subscription_change
             where changed < :before
            """;

    /// Deletes changes that every node has read or is too late for.
    void forgetChanges(Transaction tx, Instant before) {
        tx.handle()
                .createUpdate(FORGET_CHANGES)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /// Texts that many subscriptions have in common are kept once.
    private static Subscription subscription(ResultSet row) throws SQLException {
        return new Subscription(
                row.getInt("id"),
                Optional.ofNullable(row.getString("end_point")).map(CanonicalUrl::new),
                new Subscription.Filters(
                        Optional.ofNullable(row.getString("source_filter"))
                                .map(String::intern)
                                .map(CanonicalUrl::new),
                        row.getString("resource_filter").intern(),
                        Optional.ofNullable(row.getString("subject_filter")),
                        Optional.ofNullable(row.getString("alternative_subject_filter")),
                        Optional.ofNullable(row.getString("type_filter")).map(String::intern),
                        row.getBoolean("include_subunits")),
                terms(row),
                row.getString("consumer").intern(),
                row.getString("created_by").intern(),
                instant(row, "created"),
                row.getBoolean("validated"),
                standing(row));
    }

    private static Terms terms(ResultSet row) throws SQLException {
        Optional<Notation> notation =
                Optional.ofNullable(row.getString("notation")).map(Notation::valueOf);
        Optional<Terms.Ordering> ordering =
                Optional.ofNullable(row.getString("ordering")).map(Terms.Ordering::valueOf);
        int max = row.getInt("batch_max");
        Optional<Terms.Batch> batch = row.wasNull()
                ? Optional.empty()
                : Optional.of(new Terms.Batch(max, Duration.ofMillis(row.getInt("batch_wait_ms"))));
        Optional<Terms.Signature> signature =
                Optional.ofNullable(row.getString("signature")).map(Terms.Signature::valueOf);
        return notation.isEmpty() && ordering.isEmpty() && batch.isEmpty() && signature.isEmpty()
                ? Terms.PLAIN
                : new Terms(
                        notation,
                        ordering.orElse(Terms.Ordering.NONE),
                        batch,
                        signature.orElse(Terms.Signature.SECRET));
    }

    /// A disabled subscription may have been paused before.
    private static Standing standing(ResultSet row) throws SQLException {
        OffsetDateTime paused = row.getObject("paused", OffsetDateTime.class);
        OffsetDateTime disabled = row.getObject("disabled", OffsetDateTime.class);
        if (disabled != null) {
            return new Standing.Disabled(disabled.toInstant(), row.getString("disabled_reason"));
        }
        return paused != null ? new Standing.Paused(paused.toInstant()) : Standing.ACTIVE;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}

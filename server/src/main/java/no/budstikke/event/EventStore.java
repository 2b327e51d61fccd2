package no.budstikke.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import org.jdbi.v3.core.statement.Query;

/// Asks the log for pages of events. Spec: events §7.5; the order is that of commits.
final class EventStore {

    private final Database database;

    EventStore(Database database) {
        this.database = database;
    }

    /// What is asked for. An empty list of types means any.
    ///
    /// @param after id of the event after which the page begins; an unknown one means from the start
    /// @param typePatterns SQL `like` patterns, any of which suffices
    record Page(
            String resource,
            String after,
            Optional<String> subject,
            Optional<String> alternativeSubject,
            List<String> typePatterns,
            int size) {

        Page {
            typePatterns = List.copyOf(typePatterns);
        }
    }

    private record Place(long xid, long position, Instant stored) {

        static final Place START = new Place(0, 0, Instant.EPOCH);
    }

    /// The next events in the order of the log, `page.size()` at most. Two statements. Only what no
    /// running transaction can come before is seen, so a client that pages misses nothing.
    List<CloudEvent> events(Page page) {
        if (isUnheardOf(
                page.resource()
                        + page.subject().orElse("")
                        + page.alternativeSubject().orElse(""),
                page.typePatterns())) {
            return List.of();
        }
        return database.inTransaction(tx -> bound(tx, OF_RESOURCE, place(tx, page.after()))
                .bind("resource", page.resource())
                .bind("subject", page.subject().orElse(null))
                .bind("alternative_subject", page.alternativeSubject().orElse(null))
                .bindArray("types", String.class, page.typePatterns())
                .bind("size", page.size())
                .map((row, _) -> event(row))
                .list());
    }

    private static final String OF_RESOURCE = """
            select id, source, type, resource, resource_instance, subject, alternative_subject, time, body
              from event
             where resource = :resource
               and (xid, position) > (:xid::text::xid8, :position)
               and xid < pg_snapshot_xmin(pg_current_snapshot())
               and stored >= :stored
               and (:subject::text is null or subject = :subject)
               and (:alternative_subject::text is null or alternative_subject = :alternative_subject)
               and (cardinality(:types::text[]) = 0 or type like any (:types::text[]))
             order by xid, position
             limit :size
            """;

    /// What is asked for of apps' events. Empty lists mean any.
    ///
    /// @param after id of the event after which the page begins; an unknown or empty one means from the
    ///     start
    /// @param from of the event's own time, inclusive, as `to`; an event without time is in no bounds
    /// @param typePatterns SQL `ilike` patterns, any of which suffices
    /// @param sourcePatterns as `typePatterns`
    record AppPage(
            String after,
            Optional<OffsetDateTime> from,
            Optional<OffsetDateTime> to,
            List<String> typePatterns,
            List<String> sourcePatterns,
            int size) {

        AppPage {
            typePatterns = List.copyOf(typePatterns);
            sourcePatterns = List.copyOf(sourcePatterns);
        }
    }

    /// As [#events], of one app; `sourcePatterns` are not looked at.
    List<CloudEvent> eventsOfApp(String resource, Optional<String> subject, AppPage page) {
        if (isUnheardOf(resource, page.typePatterns())) {
            return List.of();
        }
        return database.inTransaction(tx -> start(tx, resource, page)
                .map(place -> bound(tx, OF_APP, place, page)
                        .bind("resource", resource)
                        .bind("subject", subject.orElse(null))
                        .map((row, _) -> event(row))
                        .list())
                .orElse(List.of()));
    }

    /// Where to begin to read; empty when nothing can be found. Without `after`, an early bound of time
    /// leaves out the days on which nothing so late was stored.
    private static Optional<Place> start(Transaction tx, String resource, AppPage page) {
        Place place = place(tx, page.after());
        if (page.from().isEmpty() || !place.equals(Place.START)) {
            return Optional.of(place);
        }
        return tx.handle()
                .createQuery(FIRST_DAY)
                .bind("resource", resource)
                .bind("from", page.from().get().toString())
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(day -> new Place(0, 0, day.toInstant()));
    }

    /// Looks once into the index on time for each day of the log.
    private static final String FIRST_DAY = """
            select day
              from (select to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp at time zone 'UTC' as day
                      from pg_inherits i
                      join pg_class c on c.oid = i.inhrelid
                     where i.inhparent = 'event'::regclass) as days
             where (select max(event_instant(time))
                      from event
                     where resource = :resource
                       and starts_with(resource, 'urn:altinn:resource:app_')
                       and stored >= day
                       and stored < day + interval '24 hours') >= event_instant(:from)
             order by day
             limit 1
            """;

    /// The predicate on the resource is that of the index.
    private static final String OF_APP = """
            select id, source, type, resource, resource_instance, subject, alternative_subject, time, body
              from event
             where resource = :resource
               and starts_with(resource, 'urn:altinn:resource:app_')
               and (xid, position) > (:xid::text::xid8, :position)
               and xid < pg_snapshot_xmin(pg_current_snapshot())
               and stored >= :stored
               and (:subject::text is null or subject = :subject)
               and (:from::text is null or event_instant(time) >= event_instant(:from))
               and (:to::text is null or event_instant(time) <= event_instant(:to))
               and (cardinality(:types::text[]) = 0 or type ilike any (:types::text[]))
             order by xid, position
             limit :size
            """;

    /// As [#events], of all apps about one party.
    List<CloudEvent> eventsOfParty(String subject, AppPage page) {
        if (isUnheardOf(String.join("", page.sourcePatterns()), page.typePatterns())) {
            return List.of();
        }
        return database.inTransaction(tx -> bound(tx, OF_PARTY, place(tx, page.after()), page)
                .bind("subject", subject)
                .bindArray("sources", String.class, page.sourcePatterns())
                .map((row, _) -> event(row))
                .list());
    }

    /// The predicate on the resource is that of the index.
    private static final String OF_PARTY = """
            select id, source, type, resource, resource_instance, subject, alternative_subject, time, body
              from event
             where subject = :subject
               and starts_with(resource, 'urn:altinn:resource:app_')
               and (xid, position) > (:xid::text::xid8, :position)
               and xid < pg_snapshot_xmin(pg_current_snapshot())
               and stored >= :stored
               and (:from::text is null or event_instant(time) >= event_instant(:from))
               and (:to::text is null or event_instant(time) <= event_instant(:to))
               and (cardinality(:types::text[]) = 0 or type ilike any (:types::text[]))
               and (cardinality(:sources::text[]) = 0 or source ilike any (:sources::text[]))
             order by xid, position
             limit :size
            """;

    /// Whether a character is asked for that no event has, and the database does not know: U+0000.
    private static boolean isUnheardOf(String text, List<String> patterns) {
        return text.indexOf('\0') >= 0 || patterns.stream().anyMatch(pattern -> pattern.indexOf('\0') >= 0);
    }

    private static Query bound(Transaction tx, String sql, Place place, AppPage page) {
        return bound(tx, sql, place)
                .bind("from", page.from().map(OffsetDateTime::toString).orElse(null))
                .bind("to", page.to().map(OffsetDateTime::toString).orElse(null))
                .bindArray("types", String.class, page.typePatterns())
                .bind("size", page.size());
    }

    private static Query bound(Transaction tx, String sql, Place place) {
        return tx.handle()
                .createQuery(sql)
                .bind("xid", Long.toString(place.xid()))
                .bind("position", place.position())
                .bind("stored", place.stored().atOffset(ZoneOffset.UTC));
    }

    private static final String PLACE = """
            select xid::text::bigint as xid, position, stored
              from event_key
             where id_hash = :id_hash
             order by event_key.xid, position
             limit 1
            """;

    private static Place place(Transaction tx, String after) {
        return tx.handle()
                .createQuery(PLACE)
                .bind("id_hash", EventKey.idHash(after))
                .map((row, _) -> new Place(
                        row.getLong("xid"),
                        row.getLong("position"),
                        row.getObject("stored", OffsetDateTime.class)
                                .toInstant()
                                .minus(Duration.ofDays(1))))
                .findOne()
                .orElse(Place.START);
    }

    private static CloudEvent event(ResultSet row) throws SQLException {
        return new CloudEvent(
                row.getString("id"),
                row.getString("source"),
                row.getString("type"),
                row.getString("resource"),
                Optional.ofNullable(row.getString("resource_instance")),
                Optional.ofNullable(row.getString("subject")),
                Optional.ofNullable(row.getString("alternative_subject")),
                Optional.ofNullable(row.getString("time")),
                row.getString("body"));
    }
}

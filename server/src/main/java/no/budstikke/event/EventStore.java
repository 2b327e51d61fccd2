package no.budstikke.event;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;

/// Asks the log for the events of a resource. Spec: events §7.5; the order is that of commits.
final class EventStore {

    private final Database database;

    EventStore(Database database) {
        this.database = database;
    }

    /// What is asked for. An empty list of types means any.
    ///
    /// @param after        id of the event after which the page begins; an unknown one means from the
    ///                     start
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
        return database.inTransaction(tx -> {
            Place place = tx.handle()
                    .createQuery("""
                            select xid::text::bigint as xid, position, stored
                              from event_key
                             where id_hash = :id_hash
                             order by event_key.xid, position
                             limit 1
                            """)
                    .bind("id_hash", EventKey.idHash(page.after()))
                    .map((row, _) -> new Place(
                            row.getLong("xid"),
                            row.getLong("position"),
                            row.getObject("stored", OffsetDateTime.class)
                                    .toInstant()
                                    .minus(Duration.ofDays(1))))
                    .findOne()
                    .orElse(Place.START);
            return tx.handle()
                    .createQuery("""
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
                            """)
                    .bind("resource", page.resource())
                    .bind("xid", Long.toString(place.xid()))
                    .bind("position", place.position())
                    .bind("stored", place.stored().atOffset(ZoneOffset.UTC))
                    .bind("subject", page.subject().orElse(null))
                    .bind("alternative_subject", page.alternativeSubject().orElse(null))
                    .bindArray("types", String.class, page.typePatterns())
                    .bind("size", page.size())
                    .map((row, _) -> new CloudEvent(
                            row.getString("id"),
                            row.getString("source"),
                            row.getString("type"),
                            row.getString("resource"),
                            Optional.ofNullable(row.getString("resource_instance")),
                            Optional.ofNullable(row.getString("subject")),
                            Optional.ofNullable(row.getString("alternative_subject")),
                            Optional.ofNullable(row.getString("time")),
                            row.getString("body")))
                    .list();
        });
    }
}

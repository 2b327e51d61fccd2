package no.budstikke.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import no.budstikke.database.Transaction;

/// Looks into the log for whoever goes through it at a pace of his own: streams, pulled subscriptions,
/// replays, and the owner of a subscription. Nothing is seen that a running transaction may still come
/// before, so that a place in the log is a place between everything that was seen and everything that
/// will be.
public final class EventLookupStore {

    /// Rows are stored in nearly the order of the log. So much is allowed for, where days are left out.
    private static final Duration DAY_MARGIN = Duration.ofDays(1);

    /// As above, where a time is turned into a place: what is closer is looked at one by one.
    private static final Duration TIME_MARGIN = Duration.ofMinutes(2);

    public EventLookupStore() {}

    /// Where the events with this id are, in the order of the log: most often one, for an id is unique
    /// only together with a source.
    public List<EventFeed.Place> places(Transaction tx, String id) {
        return tx.handle()
                .createQuery("""
                        select xid::text::bigint as xid, position, stored
                          from event_key
                         where id_hash = :id_hash
                           and xid < pg_snapshot_xmin(pg_current_snapshot())
                         order by event_key.xid, position
                        """)
                .bind("id_hash", EventKey.idHash(id))
                .map((row, _) -> place(row))
                .list();
    }

    /// The place after everything that can be read now.
    public EventFeed.Place end(Transaction tx) {
        return tx.handle().createQuery("""
                        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 as xid,
                               9223372036854775807 as position, clock_timestamp() as stored
                        """).map((row, _) -> place(row)).one();
    }

    /// A place before all events that were stored at `time` or later, and not long before the first of
    /// them. About thirty looks at an index.
    public LogPosition before(Transaction tx, Instant time) {
        Instant from = time.minus(DAY_MARGIN);
        OptionalLong first =
                xidFrom(tx, 0, from).map(found -> OptionalLong.of(found.xid())).orElse(OptionalLong.empty());
        long low = first.orElse(0);
        long high = end(tx).at().xid() + 1;
        Instant near = time.minus(TIME_MARGIN);
        while (low < high) {
            long middle = low + (high - low) / 2;
            Optional<Stored> found = xidFrom(tx, middle, from);
            if (found.isEmpty() || !found.get().stored().isBefore(near)) {
                high = middle;
            } else {
                low = found.get().xid() + 1;
            }
        }
        return LogPosition.before(low);
    }

    /// A place after all events that were stored before `time`, and not long after the last of them.
    public LogPosition after(Transaction tx, Instant time) {
        return before(tx, time.plus(TIME_MARGIN.multipliedBy(2)));
    }

    private record Stored(long xid, Instant stored) {}

    private static Optional<Stored> xidFrom(Transaction tx, long xid, Instant storedFrom) {
        return tx.handle()
                .createQuery("""
                        select xid::text::bigint as xid, stored
                          from event
                         where xid >= :xid::text::xid8
                           and stored >= :stored
                         order by event.xid, position
                         limit 1
                        """)
                .bind("xid", Long.toString(xid))
                .bind("stored", storedFrom.atOffset(ZoneOffset.UTC))
                .map((row, _) -> new Stored(row.getLong("xid"), instant(row)))
                .findOne();
    }

    /// The events of a resource after a place, `limit` at most. An ordered scan of the index on the
    /// resource.
    ///
    /// @param resource exactly so
    public List<LoggedEvent> ofResource(Transaction tx, String resource, EventFeed.Place after, int limit) {
        return matching(tx, Selection.all(resource), after, limit);
    }

    /// What of a resource's events is wanted. Spec: events §2.4.
    ///
    /// @param typePatterns SQL `like` patterns, any of which suffices; empty for all types
    record Selection(
            String resource, Optional<String> subject, Optional<String> alternativeSubject, List<String> typePatterns) {

        Selection {
            typePatterns = List.copyOf(typePatterns);
        }

        static Selection all(String resource) {
            return new Selection(resource, Optional.empty(), Optional.empty(), List.of());
        }
    }

    List<LoggedEvent> matching(Transaction tx, Selection wanted, EventFeed.Place after, int limit) {
        return tx.handle()
                .createQuery("""
                        select xid::text::bigint as xid, position, stored, shard, id, source, type, resource,
                               resource_instance, subject, alternative_subject, time, body
                          from event
                         where resource = :resource
                           and (xid, position) > (:xid::text::xid8, :position)
                           and xid < pg_snapshot_xmin(pg_current_snapshot())
                           and stored >= :stored
                           and (:subject::text is null or subject = :subject)
                           and (:alternative_subject::text is null or alternative_subject = :alternative_subject)
                           and (cardinality(:types::text[]) = 0 or type like any (:types::text[]))
                         order by event.xid, position
                         limit :limit
                        """)
                .bind("resource", wanted.resource())
                .bind("xid", Long.toString(after.at().xid()))
                .bind("position", after.at().position())
                .bind("stored", storedFrom(after))
                .bind("subject", wanted.subject().orElse(null))
                .bind("alternative_subject", wanted.alternativeSubject().orElse(null))
                .bindArray("types", String.class, wanted.typePatterns())
                .bind("limit", limit)
                .map((row, _) -> event(row))
                .list();
    }

    private static OffsetDateTime storedFrom(EventFeed.Place after) {
        return after.stored().equals(Instant.EPOCH)
                ? OffsetDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC)
                : after.stored().minus(DAY_MARGIN).atOffset(ZoneOffset.UTC);
    }

    /// The events at these places, as far as they are still in the log; one look at an index for each,
    /// in each day.
    public List<LoggedEvent> at(Transaction tx, List<LogPosition> places) {
        return tx.handle()
                .createQuery("""
                        select xid::text::bigint as xid, position, stored, shard, id, source, type, resource,
                               resource_instance, subject, alternative_subject, time, body
                          from unnest(:xids::bigint[], :positions::bigint[]) as place (of_xid, of_position)
                          join event on event.xid = of_xid::text::xid8 and event.position = of_position
                        """)
                .bindArray(
                        "xids",
                        Long.class,
                        places.stream().map(LogPosition::xid).toList())
                .bindArray(
                        "positions",
                        Long.class,
                        places.stream().map(LogPosition::position).toList())
                .map((row, _) -> event(row))
                .list();
    }

    /// What has become readable since the last look.
    ///
    /// @param resources of which there are new events
    /// @param horizon where to look from next time
    record News(List<String> resources, long horizon) {

        News {
            resources = List.copyOf(resources);
        }
    }

    /// The resources of the events from transaction `from` on.
    News since(Transaction tx, long from) {
        record Row(long horizon, Optional<String> resource) {}
        List<Row> rows = tx.handle()
                .createQuery("""
                        select horizon::text::bigint as horizon, e.resource
                          from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) now
                          left join lateral
                               (select distinct resource
                                  from event
                                 where xid >= :from::text::xid8
                                   and xid < horizon
                                   and stored >= now() - interval '1 day') e on true
                        """)
                .bind("from", Long.toString(from))
                .map((row, _) -> new Row(row.getLong("horizon"), Optional.ofNullable(row.getString("resource"))))
                .list();
        return new News(
                rows.stream().flatMap(row -> row.resource().stream()).toList(),
                rows.getFirst().horizon());
    }

    private static EventFeed.Place place(ResultSet row) throws SQLException {
        return new EventFeed.Place(new LogPosition(row.getLong("xid"), row.getLong("position")), instant(row));
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject("stored", OffsetDateTime.class).toInstant();
    }

    private static LoggedEvent event(ResultSet row) throws SQLException {
        return new LoggedEvent(
                new LogPosition(row.getLong("xid"), row.getLong("position")),
                row.getInt("shard"),
                instant(row),
                EventStore.event(row),
                // Whoever sends it reads it anew.
                Optional.empty());
    }
}

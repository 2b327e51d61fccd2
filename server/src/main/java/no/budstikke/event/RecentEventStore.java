package no.budstikke.event;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import no.budstikke.database.Database;

/// Looks back into the log.
public final class RecentEventStore {

    private static final int FETCH = 1_000;

    private final Database database;

    public RecentEventStore(Database database) {
        this.database = database;
    }

    /// Newest first, from the index on the resource. The bodies stay where they are.
    private static final String NEWEST = """
            select id, source, type, resource, resource_instance, subject, alternative_subject, time
              from event
             where resource = :resource
             order by xid desc, position desc
             limit :limit
            """;

    /// Hands over the events of a resource, the newest first, until `goOn` says no, `limit` are read, or
    /// there are no more. They come without their JSON: the text is empty. Holds a connection meanwhile.
    ///
    /// @return whether the end of the log was reached
    public boolean newest(String resource, int limit, Predicate<CloudEvent> goOn) {
        return database.inTransaction(tx -> {
            try (Stream<CloudEvent> newest = tx
                    .handle()
                    .createQuery(NEWEST)
                    .setFetchSize(FETCH)
                    .bind("resource", resource)
                    .bind("limit", limit + 1)
                    .map((row, _) -> new CloudEvent(
                            row.getString("id"),
                            row.getString("source"),
                            row.getString("type"),
                            row.getString("resource"),
                            Optional.ofNullable(row.getString("resource_instance")),
                            Optional.ofNullable(row.getString("subject")),
                            Optional.ofNullable(row.getString("alternative_subject")),
                            Optional.ofNullable(row.getString("time")),
                            ""))
                    .stream()) {
                Iterator<CloudEvent> events = newest.iterator();
                int read = 0;
                while (events.hasNext()) {
                    if (read++ == limit || !goOn.test(events.next())) {
                        return false;
                    }
                }
                return true;
            }
        });
    }
}

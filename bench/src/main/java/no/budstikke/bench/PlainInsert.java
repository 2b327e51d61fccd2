package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import no.budstikke.testkit.Parties;

/// The event log's own insert by plain JDBC, one round trip and commit for each batch: the most that
/// publishing could reach on this PostgreSQL. It writes to copies of the log's tables, so that nobody
/// reads what it writes.
final class PlainInsert {

    private static final String TABLES = """
            drop table if exists bench_event, bench_event_key;
            create table bench_event (like event including all);
            create table bench_event_key (like event_key including all);
            """;

    private static final String APPEND = """
            with given as materialized (
                select nextval('event_position') as position, g.*
                  from unnest(?::bigint[], ?::bigint[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[],
                              ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                    as g (id_hash, pair_hash, shard, id, source, type, resource,
                          resource_instance, subject, alternative_subject, time, body)
            ), fresh as (
                insert into bench_event_key (id_hash, pair_hash, xid, position, stored)
                select id_hash, pair_hash, pg_current_xact_id(), position, statement_timestamp()
                  from given
                 order by id_hash, pair_hash
                    on conflict do nothing
                returning position
            )
            insert into bench_event (xid, position, stored, shard, id, source, type, resource,
                                     resource_instance, subject, alternative_subject, time, body)
            select pg_current_xact_id(), position, statement_timestamp(), shard, id, source, type, resource,
                   resource_instance, subject, alternative_subject, time, body
              from given
              join fresh using (position)
            """;

    /// How often [#APPEND] was committed how fast.
    ///
    /// @param batch rows in a commit
    record Rate(int connections, int batch, double perSecond) {}

    private final Server server;
    private final EventRequest events;

    PlainInsert(Server server) throws SQLException {
        this.server = server;
        this.events = server.events();
        try (Connection connection = server.database();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLES);
        }
    }

    /// The quicker one of two ways to commit for so many publishers: all of them in one batch, or by
    /// turns in two halves on two connections.
    Rate best(int publishers, Duration lasting) {
        Rate whole = rate(1, publishers, lasting);
        Rate halves = publishers == 1 ? whole : rate(2, publishers / 2, lasting);
        return whole.perSecond() >= halves.perSecond() ? whole : halves;
    }

    private Rate rate(int connections, int batch, Duration lasting) {
        long start = System.nanoTime();
        long end = start + lasting.toNanos();
        var rows = new ArrayList<Future<Integer>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                rows.add(threads.submit(() -> insertUntil(end, batch)));
            }
        }
        long took = System.nanoTime() - start;
        int sum = 0;
        for (Future<Integer> each : rows) {
            try {
                sum += each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("The plain insert failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted in the plain insert", e);
            }
        }
        return new Rate(connections, batch, sum / Clock.seconds(took));
    }

    private int insertUntil(long end, int batch) throws SQLException {
        EventRequest own = events.copy();
        int rows = 0;
        try (Connection connection = server.database();
                PreparedStatement append = connection.prepareStatement(APPEND)) {
            while (System.nanoTime() < end) {
                bind(append, own, batch);
                append.executeUpdate();
                rows += batch;
            }
        }
        return rows;
    }

    private static void bind(PreparedStatement append, EventRequest events, int batch) throws SQLException {
        var random = ThreadLocalRandom.current();
        var hashes = new Long[batch];
        var shards = new Short[batch];
        var ids = new String[batch];
        var bodies = new String[batch];
        for (int row = 0; row < batch; row++) {
            hashes[row] = random.nextLong();
            shards[row] = (short) (hashes[row] & 15);
            ids[row] = new UUID(random.nextLong(), random.nextLong()).toString();
            bodies[row] = new String(events.body(row, 0), ISO_8859_1);
        }
        array(append, 1, "int8", hashes);
        array(append, 2, "int8", hashes);
        array(append, 3, "int2", shards);
        array(append, 4, "text", ids);
        same(append, 5, batch, "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence");
        same(append, 6, batch, "no.altinn.correspondence.Published");
        same(append, 7, batch, Parties.resourceUrn(1));
        array(append, 8, "text", ids);
        same(append, 9, batch, "/party/50015641");
        same(append, 10, batch, "/organisation/123456789");
        same(append, 11, batch, "2024-04-19T07:22:19.438039Z");
        array(append, 12, "text", bodies);
    }

    private static void same(PreparedStatement statement, int at, int batch, String text) throws SQLException {
        var texts = new String[batch];
        Arrays.fill(texts, text);
        array(statement, at, "text", texts);
    }

    private static void array(PreparedStatement statement, int at, String type, Object[] elements) throws SQLException {
        statement.setArray(at, statement.getConnection().createArrayOf(type, elements));
    }
}

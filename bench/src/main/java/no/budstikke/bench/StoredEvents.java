package no.budstikke.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Parties;
import org.HdrHistogram.Histogram;

/// What millions of stored events cost those that come after them, and what dropping them costs. They
/// are written straight into the tables, into the four days before today.
final class StoredEvents {

    private static final int DAYS = 4;
    private static final int PAGES = 200;
    private static final int PAGE = 100;

    /// As old as the log's beginning, so in front of everything: transaction 3 is never used by anybody.
    private static final String ADD = """
            with made as materialized (
                select n, 'aaaaaaaa-0000-4000-8000-' || lpad(n::text, 12, '0') as id,
                       'bbbbbbbb-0000-4000-8000-' || lpad(n::text, 12, '0') as instance,
                       ((current_timestamp at time zone 'UTC')::date - ?)::timestamp at time zone 'UTC'
                           + n % 86000 * interval '1 second' as stored
                  from generate_series(?, ?) n
            ), keys as (
                insert into event_key (id_hash, pair_hash, xid, position, stored)
                select hashtextextended(id, 1), hashtextextended(id, 2), '3'::xid8, n, stored from made
            )
            insert into event (xid, position, stored, shard, id, source, type, resource, resource_instance, subject,
                               alternative_subject, time, body)
            select '3'::xid8, n, stored, n % 16, id,
                   'https://platform.tt02.altinn.no/correspondence/api/v1/correspondence',
                   'no.altinn.correspondence.Published', 'urn:altinn:resource:altinn-correspondence-test-resource-1',
                   instance, '/party/50015641', '/organisation/123456789', '2024-04-19T07:22:19.438039Z',
                   '{"id":"' || id || '","resource":"urn:altinn:resource:altinn-correspondence-test-resource-1",'
                   || '"resourceinstance":"' || instance || '",'
                   || '"source":"https://platform.tt02.altinn.no/correspondence/api/v1/correspondence","specversion":"1.0",'
                   || '"type":"no.altinn.correspondence.Published","subject":"/party/50015641",'
                   || '"alternativesubject":"/organisation/123456789","time":"2024-04-19T07:22:19.438039Z",'
                   || '"data":{"sent":"0000000000000000","note":"some data"}}'
              from made
            """;

    /// The feed has been there long ago.
    private static final String PASS =
            "update feed_cursor set xid = greatest(xid, 3), position = case when xid <= 3 then ? else position end";

    private StoredEvents() {}

    private record Seen(double published, double median, double ninetyNinth, double page, Histogram answers) {}

    static void measure(Options options, Figures figures) throws SQLException {
        var table = new Table(
                "stored",
                "With %,d events in the log".formatted(options.stored()),
                "stored before",
                "delivered/s (64 publishers)",
                "webhook p50 ms at 500/s",
                "webhook p99 ms at 500/s",
                "page of %d, p50 ms".formatted(PAGE),
                "publish p99 ms at 500/s");
        try (var directory = TemporaryDirectory.create()) {
            Path data = directory.path();
            Seen empty;
            try (var system = EndToEnd.startOn(data, "events.retention", "P90D")) {
                empty = look(system, options);
                row(table, 0, empty);
                add(system.server(), options.stored());
                system.server().restart();
                Seen full = look(system, options);
                row(table, options.stored(), full);
                table.row(
                        "ratio",
                        full.published / empty.published,
                        full.median / empty.median,
                        full.ninetyNinth / empty.ninetyNinth,
                        full.page / empty.page,
                        EndToEnd.millis(full.answers, 99) / EndToEnd.millis(empty.answers, 99));
            }
            try (var system = EndToEnd.startOn(data, "events.retention", "P1D")) {
                retention(table, system, options);
            }
        }
        figures.add(table);
    }

    private static void row(Table table, int stored, Seen seen) {
        table.row(stored, seen.published, seen.median, seen.ninetyNinth, seen.page, EndToEnd.millis(seen.answers, 99));
    }

    private static Seen look(EndToEnd system, Options options) {
        system.warmUp(options.warmup());
        EndToEnd.Run closed = system.closed(64, options.lasting());
        EndToEnd.Run open = system.open(DeliveryRate.OPEN_RATE, options.lasting());
        return new Seen(
                closed.came().perSecond(),
                EndToEnd.millis(open.came().latency(), 50),
                EndToEnd.millis(open.came().latency(), 99),
                page(system.server().api()),
                open.sent().answers());
    }

    private static double page(Api api) {
        var took = new Histogram(60_000_000L, 3);
        for (int i = 0; i < PAGES; i++) {
            long began = System.nanoTime();
            api.get(Api.EVENTS + "/events?after=0&size=" + PAGE + "&resource=" + Parties.resourceUrn(1))
                    .expect(200);
            if (i >= PAGES / 2) {
                took.recordValue((System.nanoTime() - began) / 1_000);
            }
        }
        return EndToEnd.millis(took, 50);
    }

    /// The old days are dropped, and their keys swept, as soon as the server has started.
    private static void retention(Table table, EndToEnd system, Options options) throws SQLException {
        EndToEnd.Run open = system.open(DeliveryRate.OPEN_RATE, options.warmup().plus(options.lasting()));
        table.note(
                "While those of the %d old days that are past the retention are dropped and their keys swept, from a cold start on, for %d s at %d/s: publish p50 %.2f, p99 %.1f ms; webhook p50 %.2f, p99 %.1f ms; %s; left in the log %,d, keys %,d"
                        .formatted(
                                DAYS,
                                options.warmup().plus(options.lasting()).toSeconds(),
                                DeliveryRate.OPEN_RATE,
                                EndToEnd.millis(open.sent().answers(), 50),
                                EndToEnd.millis(open.sent().answers(), 99),
                                EndToEnd.millis(open.came().latency(), 50),
                                EndToEnd.millis(open.came().latency(), 99),
                                open.faults(),
                                count(system.server(), "event"),
                                count(system.server(), "event_key")));
    }

    private static long count(Server server, String name) throws SQLException {
        try (Connection connection = server.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + name)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void add(Server server, int events) throws SQLException {
        try (Connection connection = server.database()) {
            for (int day = 1; day <= DAYS; day++) {
                try (Statement make = connection.createStatement();
                        PreparedStatement add = connection.prepareStatement(ADD)) {
                    make.execute("""
                        do $$
                        declare
                            day date := (current_timestamp at time zone 'UTC')::date - %1$d;
                        begin
                            execute format('create table if not exists event_%%s partition of event for values from (%%L) to (%%L)',
                                           to_char(day, 'YYYYMMDD'), day || ' 00:00:00+00', (day + 1) || ' 00:00:00+00');
                        end
                        $$
                        """.formatted(day));
                    add.setInt(1, day);
                    add.setLong(2, 1L + (long) events * (DAYS - day) / DAYS);
                    add.setLong(3, (long) events * (DAYS - day + 1) / DAYS);
                    add.executeUpdate();
                }
            }
            try (PreparedStatement pass = connection.prepareStatement(PASS);
                    Statement tidy = connection.createStatement()) {
                pass.setLong(1, events);
                pass.executeUpdate();
                tidy.execute("analyze event");
                tidy.execute("analyze event_key");
                tidy.execute("checkpoint");
            }
        }
    }
}

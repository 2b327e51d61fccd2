package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLookupStoreTest {

    private static final String R = "urn:altinn:resource:r";

    private final Database database = TestDatabase.fresh();
    private final EventLog log = new EventLog(database, new CommitSignal(), new OwnTransactions());
    private final EventLookupStore lookup = new EventLookupStore();

    @AfterEach
    void close() {
        database.close();
    }

    private static CloudEvent event(String id, String source) {
        return new CloudEvent(
                id, source, "t", R, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "{}");
    }

    private void append(String... ids) {
        for (String id : ids) {
            database.useTransaction(tx -> log.append(tx, List.of(event(id, "/s"))));
        }
        // Until then a transaction of another database on the same server may hold back the newest.
        Awaitility.await()
                .until(() -> database.inTransaction(tx -> tx.handle()
                        .createQuery("select bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())) from event")
                        .mapTo(Boolean.class)
                        .one()));
    }

    private List<String> after(EventFeed.Place place, int limit) {
        return database.inTransaction(tx -> lookup.ofResource(tx, R, place, limit)).stream()
                .map(found -> found.event().id())
                .toList();
    }

    @Test
    void events_are_read_after_a_place_in_the_order_of_the_log() {
        append("a", "b", "c");
        EventFeed.Place ofB =
                database.inTransaction(tx -> lookup.places(tx, "b")).getFirst();

        assertThat(after(EventFeed.Place.START, 2)).containsExactly("a", "b");
        assertThat(after(ofB, 10)).containsExactly("c");
    }

    @Test
    void one_id_of_two_sources_is_at_two_places() {
        append("a");
        database.useTransaction(tx -> log.append(tx, List.of(event("a", "/other"))));
        append("b");

        List<EventFeed.Place> places = database.inTransaction(tx -> lookup.places(tx, "a"));

        assertThat(places).hasSize(2);
        assertThat(places.get(0).at()).isLessThan(places.get(1).at());
        List<EventFeed.Place> none = database.inTransaction(tx -> lookup.places(tx, "c"));
        assertThat(none).isEmpty();
        List<LoggedEvent> found = database.inTransaction(
                tx -> lookup.at(tx, places.stream().map(EventFeed.Place::at).toList()));
        assertThat(found).extracting(event -> event.event().source()).containsExactlyInAnyOrder("/s", "/other");
    }

    @Test
    void the_end_is_after_what_was_published_and_before_what_will_be() {
        append("a");
        EventFeed.Place end = database.inTransaction(lookup::end);
        append("b");

        assertThat(after(end, 10)).containsExactly("b");
    }

    @Test
    void a_time_becomes_a_place_before_everything_that_was_stored_from_then_on() {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 40; i++) {
            ids.add("e" + i);
        }
        append(ids.toArray(String[]::new));
        // As if they had been published ten minutes apart, up to now.
        database.useTransaction(tx -> tx.handle().execute("""
                update event
                   set stored = now() - make_interval(mins => 10 * (39 - substring(id from 2)::int))
                 where stored > now() - interval '1 hour'
                """));
        Instant now = Instant.now();

        for (int i = 1; i < 38; i++) {
            Instant between = now.minusSeconds(600L * (39 - i) - 300);
            LogPosition from = database.inTransaction(tx -> lookup.before(tx, between));
            LogPosition to = database.inTransaction(tx -> lookup.after(tx, between));

            assertThat(after(new EventFeed.Place(from, Instant.EPOCH), 1))
                    .as("first from %d", i)
                    .containsExactly("e" + (i + 1));
            assertThat(after(new EventFeed.Place(to, Instant.EPOCH), 1))
                    .as("first after %d", i)
                    .containsExactly("e" + (i + 1));
        }
        LogPosition beforeAll = database.inTransaction(tx -> lookup.before(tx, Instant.EPOCH));
        LogPosition afterAll = database.inTransaction(tx -> lookup.before(tx, now.plusSeconds(86_400)));
        assertThat(after(new EventFeed.Place(beforeAll, Instant.EPOCH), 100)).hasSize(40);
        assertThat(after(new EventFeed.Place(afterAll, Instant.EPOCH), 100)).isEmpty();
    }

    @Test
    void news_tells_the_resources_of_new_events_and_from_where_to_look_next() {
        long from =
                database.inTransaction(tx -> lookup.since(tx, Long.MAX_VALUE)).horizon();
        append("a", "b");

        EventLookupStore.News news = database.inTransaction(tx -> lookup.since(tx, from));
        EventLookupStore.News later = database.inTransaction(tx -> lookup.since(tx, news.horizon()));

        assertThat(news.resources()).containsExactly(R);
        assertThat(later.resources()).isEmpty();
    }
}

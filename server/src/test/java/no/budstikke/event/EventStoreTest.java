package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStoreTest {

    private static final String R = "urn:altinn:resource:r";

    private final Database database = TestDatabase.fresh();
    private final EventLog log = new EventLog(database, new CommitSignal(), new OwnTransactions());
    private final EventStore store = new EventStore(database);

    @AfterEach
    void close() {
        database.close();
    }

    private void append(CloudEvent... events) {
        for (CloudEvent event : events) {
            database.useTransaction(tx -> log.append(tx, List.of(event)));
        }
        // Until then a transaction of another database on the same server may hold back the newest.
        Awaitility.await()
                .until(() -> database.inTransaction(tx -> tx.handle()
                        .createQuery("select bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())) from event")
                        .mapTo(Boolean.class)
                        .one()));
    }

    private static CloudEvent event(String id, String type, String subject) {
        return new CloudEvent(
                id,
                "/s",
                type,
                R,
                Optional.empty(),
                Optional.of(subject),
                Optional.of("alt" + subject),
                Optional.empty(),
                "{}");
    }

    private static EventStore.Page page(String after, int size, String... types) {
        return new EventStore.Page(R, after, Optional.empty(), Optional.empty(), List.of(types), size);
    }

    private List<String> ids(EventStore.Page page) {
        return store.events(page).stream().map(CloudEvent::id).toList();
    }

    @Test
    void pages_by_the_id_of_the_last_event_of_that_resource_alone() {
        for (int n = 0; n < 7; n++) {
            append(event("e" + n, "t", "s"), SampleEvents.withId("other" + n));
        }
        var read = new ArrayList<String>();
        String after = "0";
        for (List<String> ids = ids(page(after, 3)); !ids.isEmpty(); ids = ids(page(after, 3))) {
            read.addAll(ids);
            after = ids.getLast();
        }
        assertThat(read).containsExactly("e0", "e1", "e2", "e3", "e4", "e5", "e6");
        assertThat(ids(page("other3", 10))).containsExactly("e4", "e5", "e6");
    }

    @Test
    void after_an_id_that_occurs_twice_means_after_the_oldest() {
        append(event("1", "t", "s"), event("2", "t", "s"), SampleEvents.of("1", "/other", R), event("3", "t", "s"));
        assertThat(ids(page("1", 10))).containsExactly("2", "1", "3");
    }

    @Test
    void what_an_open_transaction_may_come_before_is_not_shown_yet() {
        append(event("1", "t", "s"));
        database.useTransaction(older -> {
            older.handle()
                    .createQuery("select pg_current_xact_id()::text")
                    .mapTo(String.class)
                    .one();
            // On another thread, because a transaction within a transaction of one thread is the same.
            CompletableFuture.runAsync(() -> {
                        database.useTransaction(tx -> log.append(tx, List.of(event("newer", "t", "s"))));
                        assertThat(ids(page("0", 10))).containsExactly("1");
                    })
                    .join();
            log.append(older, List.of(event("older", "t", "s")));
        });
        Awaitility.await().untilAsserted(() -> assertThat(ids(page("1", 10))).containsExactly("older", "newer"));
    }

    @Test
    void filters_by_subject_and_by_alternative_subject() {
        append(event("1", "t", "/party/1"), event("2", "t", "/party/2"), event("3", "t", "/party/1"));
        assertThat(ids(new EventStore.Page(R, "0", Optional.of("/party/1"), Optional.empty(), List.of(), 10)))
                .containsExactly("1", "3");
        assertThat(ids(new EventStore.Page(R, "0", Optional.empty(), Optional.of("alt/party/2"), List.of(), 10)))
                .containsExactly("2");
        assertThat(ids(new EventStore.Page(R, "0", Optional.of("/PARTY/1"), Optional.empty(), List.of(), 10)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "app.instance.created, 1",
        "app.%, 1 2",
        "APP.%, ''",
        "app_instance%, 1 2",
        "app\\_x, 3",
        "app\\\\x, 4",
        "%, 1 2 3 4",
        "none, ''"
    })
    void a_type_is_a_pattern_in_which_case_counts(String pattern, String expected) {
        append(
                event("1", "app.instance.created", "s"),
                event("2", "app.instance.process.completed", "s"),
                event("3", "app_x", "s"),
                event("4", "app\\x", "s"));
        assertThat(String.join(" ", ids(page("0", 10, pattern)))).isEqualTo(expected);
        assertThat(ids(page("0", 10, pattern, "app\\\\x"))).contains("4");
    }
}

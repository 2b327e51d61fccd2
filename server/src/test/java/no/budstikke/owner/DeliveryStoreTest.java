package no.budstikke.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.DayPartitions;
import no.budstikke.event.LogPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryStoreTest {

    private static final DeliveryStore.Stretch ALL =
            new DeliveryStore.Stretch(LogPosition.START, new LogPosition(Long.MAX_VALUE, Long.MAX_VALUE));

    private final Database database = TestDatabase.fresh();
    private final DeliveryStore store = new DeliveryStore();

    /// Attempts of a hundred subscriptions over three days: 300 each, of which every tenth was denied.
    @BeforeEach
    void fill() {
        new DayPartitions(database, "attempt", Duration.ofDays(30)).makeAhead();
        database.useTransaction(tx -> {
            tx.handle().execute("""
                    insert into attempt (subscription, xid, position, number, started, millis, outcome, status, stored)
                    select s, 1000 + n, 1, 1, now(), 3,
                           case when n % 10 = 0 then 'denied' when n % 10 = 1 then 'rejected' else 'accepted' end,
                           200, now() + (n / 100) * interval '1 day'
                      from generate_series(1, 100) s, generate_series(0, 299) n
                    """);
            tx.handle().execute("analyze attempt");
        });
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_page_is_read_from_the_index_of_each_day_without_sorting_and_ends_at_its_limit() {
        String plan = plan(DeliveryStore.ATTEMPTED);

        assertThat(plan)
                .contains("Merge Append", "Index Scan Backward", "Index Cond: ((subscription = 7)")
                .doesNotContain("Seq Scan", "Sort Method", "Rows Removed");
    }

    @Test
    void what_was_never_sent_is_found_through_an_index_of_its_own() {
        assertThat(plan(DeliveryStore.NOT_SENT))
                .contains("Merge Append", "Index Only Scan Backward")
                .doesNotContain("Seq Scan", "Sort Method", "Rows Removed");
        assertThat(database.inTransaction(tx -> store.notSent(tx, 7, ALL, 5)).keys())
                .extracting(LogPosition::xid)
                .containsExactly(1290L, 1280L, 1270L, 1260L, 1250L);
    }

    private String plan(String sql) {
        List<String> lines = database.inTransaction(tx -> tx.handle()
                .createQuery("explain (analyze, costs off, timing off, summary off, buffers off) " + sql)
                .bind("subscription", 7)
                .bind("before_xid", 1250L)
                .bind("before_position", 1L)
                .bind("after_xid", 0L)
                .bind("after_position", 0L)
                .bind("limit", 20)
                .mapTo(String.class)
                .list());
        return String.join("\n", lines);
    }

    @Test
    void what_was_attempted_comes_newest_first_over_the_days() {
        DeliveryStore.Seen all = database.inTransaction(tx -> store.attempted(tx, 7, ALL, false));
        DeliveryStore.Seen accepted = database.inTransaction(tx -> store.attempted(tx, 7, ALL, true));

        assertThat(all.keys()).hasSize(300).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(all.cutAt()).isEmpty();
        assertThat(accepted.keys()).hasSize(240);
    }

    @Test
    void a_look_that_is_cut_says_where() {
        database.useTransaction(tx -> tx.handle().execute("""
                insert into attempt (subscription, xid, position, number, started, millis, outcome, status)
                select 1000, n / 3, 1, n % 3, now(), 1, 'rejected', 500 from generate_series(1, 3000) n
                """));

        DeliveryStore.Seen first = database.inTransaction(tx -> store.attempted(tx, 1000, ALL, true));

        assertThat(first.keys()).isEmpty();
        LogPosition cut = first.cutAt().orElseThrow();
        DeliveryStore.Seen second = database.inTransaction(
                tx -> store.attempted(tx, 1000, new DeliveryStore.Stretch(LogPosition.START, cut), false));
        assertThat(second.keys()).hasSizeBetween(330, 340);
        assertThat(second.cutAt()).isEmpty();
    }

    @Test
    void several_looks_make_one_page_that_ends_where_the_first_of_them_was_cut() {
        var waiting = new DeliveryStore.Seen(at(90, 80, 10), Optional.empty());
        var attempted = new DeliveryStore.Seen(at(95, 90, 50), Optional.of(new LogPosition(50, 1)));

        DeliveryStore.Seen whole = ListDeliveries.merged(List.of(waiting, attempted), 10);
        DeliveryStore.Seen small = ListDeliveries.merged(List.of(waiting, attempted), 2);

        assertThat(whole.keys()).isEqualTo(at(95, 90, 80, 50));
        assertThat(whole.cutAt()).contains(new LogPosition(50, 1));
        assertThat(small.keys()).isEqualTo(at(95, 90));
        assertThat(small.cutAt()).contains(new LogPosition(90, 1));
    }

    private static List<LogPosition> at(long... xids) {
        return Arrays.stream(xids).mapToObj(xid -> new LogPosition(xid, 1)).toList();
    }
}

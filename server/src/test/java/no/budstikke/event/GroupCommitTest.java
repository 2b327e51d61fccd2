package no.budstikke.event;

import static no.budstikke.event.GroupCommit.Outcome.CROWDED;
import static no.budstikke.event.GroupCommit.Outcome.STORED;
import static no.budstikke.event.GroupCommit.Outcome.UNAVAILABLE;
import static no.budstikke.event.GroupCommit.Outcome.UNFIT;
import static no.budstikke.event.SampleEvents.RESOURCE;
import static no.budstikke.event.SampleEvents.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.GroupCommit.Outcome;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {

    private final Database database = TestDatabase.fresh();
    private final CommitSignal signal = new CommitSignal();
    private final OwnTransactions own = new OwnTransactions();
    private final EventLog log = new EventLog(database, signal, own);
    private final GroupCommit commits = new GroupCommit(log, DayPartitions.ofEvents(database, Duration.ofDays(90)));
    private final ExecutorService publishers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        commits.close();
        publishers.close();
        database.close();
    }

    private Future<Outcome> publish(CloudEvent event) {
        return publishers.submit(() -> commits.store(event));
    }

    private List<Outcome> outcomes(List<Future<Outcome>> published) throws Exception {
        var outcomes = new ArrayList<Outcome>();
        for (Future<Outcome> future : published) {
            outcomes.add(future.get());
        }
        return outcomes;
    }

    private List<String> storedIds() {
        try (var feed = new EventFeed(database, signal, own)) {
            return feed.read(LogPosition.START, Instant.EPOCH, 100_000).events().stream()
                    .map(logged -> logged.event().id())
                    .toList();
        }
    }

    @Test
    void each_of_many_publishers_is_answered_and_its_event_stored_once() throws Exception {
        commits.start();
        int each = 20;
        List<Future<List<Outcome>>> published = IntStream.range(0, 200)
                .mapToObj(publisher -> publishers.submit(() -> {
                    var outcomes = new ArrayList<Outcome>();
                    for (int n = 0; n < each; n++) {
                        // Two publishers send each event.
                        outcomes.add(commits.store(SampleEvents.withId(publisher / 2 + "-" + n)));
                    }
                    return List.copyOf(outcomes);
                }))
                .toList();
        for (Future<List<Outcome>> outcomes : published) {
            assertThat(outcomes.get()).hasSize(each).containsOnly(STORED);
        }
        assertThat(storedIds())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100)
                        .boxed()
                        .flatMap(publisher -> IntStream.range(0, each).mapToObj(n -> publisher + "-" + n))
                        .toList());
    }

    @Test
    void whoever_is_answered_can_read_the_event() throws Exception {
        commits.start();
        for (int n = 0; n < 50; n++) {
            assertThat(commits.store(SampleEvents.withId("" + n))).isEqualTo(STORED);
            int count = database.inTransaction(tx -> tx.handle()
                    .createQuery("select count(*) from event")
                    .mapTo(Integer.class)
                    .one());
            assertThat(count).isEqualTo(n + 1);
        }
    }

    @Test
    void an_event_that_the_database_refuses_does_not_harm_its_neighbours() throws Exception {
        var published = new ArrayList<Future<Outcome>>();
        for (int n = 0; n < 20; n++) {
            published.add(publish(SampleEvents.withId("good" + n)));
        }
        // Nothing that reads a request lets this through.
        published.add(publish(SampleEvents.of("bad", SOURCE, RESOURCE + "\u0000")));
        Awaitility.await().until(() -> commits.waiting() == 21);
        commits.start();
        List<Outcome> outcomes = outcomes(published);
        assertThat(outcomes.removeLast()).isEqualTo(UNFIT);
        assertThat(outcomes).hasSize(20).containsOnly(STORED);
        assertThat(storedIds()).hasSize(20).doesNotContain("bad");
    }

    @Test
    void a_lost_connection_loses_no_event_and_doubles_none() throws Exception {
        commits.start();
        var published = new ArrayList<Future<Outcome>>();
        for (int round = 0; round < 10; round++) {
            for (int n = 0; n < 40; n++) {
                published.add(publish(SampleEvents.withId(round + "-" + n)));
            }
            database.useTransaction(
                    tx -> tx.handle().createQuery("""
                            select count(pg_terminate_backend(pid))
                              from pg_stat_activity
                             where datname = current_database()
                               and pid <> pg_backend_pid()
                               and query like '%fresh%'
                            """).mapTo(Integer.class).one());
        }
        assertThat(outcomes(published)).hasSize(400).containsOnly(STORED);
        Awaitility.await()
                .untilAsserted(() -> assertThat(storedIds()).hasSize(400).doesNotHaveDuplicates());
    }

    @Test
    void a_day_without_a_partition_gets_one() throws Exception {
        String today = DateTimeFormatter.BASIC_ISO_DATE.format(database.inTransaction(tx -> LocalDate.ofInstant(
                tx.handle().createQuery("select now()").mapTo(Instant.class).one(), ZoneOffset.UTC)));
        database.useTransaction(tx -> tx.handle().execute("drop table event_" + today));
        commits.start();
        assertThat(commits.store(SampleEvents.withId("1"))).isEqualTo(STORED);
        assertThat(storedIds()).containsExactly("1");
    }

    @Test
    void too_many_are_turned_away_and_the_others_are_stored_before_the_end() throws Exception {
        var published = IntStream.range(0, GroupCommit.MOST_WAITING)
                .mapToObj(n -> publish(SampleEvents.withId("" + n)))
                .toList();
        Awaitility.await().until(() -> commits.waiting() == GroupCommit.MOST_WAITING);
        assertThat(commits.store(SampleEvents.withId("late"))).isEqualTo(CROWDED);
        commits.start();
        commits.close();
        assertThat(outcomes(published)).containsOnly(STORED);
        assertThat(commits.store(SampleEvents.withId("later"))).isEqualTo(UNAVAILABLE);
        assertThat(commits.waiting()).isZero();
    }

    @Test
    void an_interrupt_ends_the_waiting() {
        Thread publisher = Thread.ofVirtual().unstarted(() -> {
            try {
                commits.store(SampleEvents.withId("1"));
            } catch (InterruptedException _) {
                // As told.
            }
        });
        publisher.start();
        Awaitility.await().until(() -> commits.waiting() == 1);
        publisher.interrupt();
        Awaitility.await().until(() -> !publisher.isAlive());
    }
}

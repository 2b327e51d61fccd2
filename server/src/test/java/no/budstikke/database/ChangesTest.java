package no.budstikke.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import no.budstikke.database.Changes.Topic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One node listens, while others, and people with SQL, make changes.
@Timeout(60)
class ChangesTest {

    private static final String ORDER = """
            insert into subscription (end_point, resource_filter, include_subunits, consumer, created_by, created)
            values ('https://example.no/%s', 'urn:altinn:resource:a', false, '/org/a', '/org/a', now())
            """;

    private final Database.Address address = TestDatabase.freshAddress(2);
    private final Database node = Database.connect(address);
    private final Database elsewhere = Database.connect(address);
    private final Changes changes = new Changes(node);
    private final Semaphore subscriptions = told(Topic.SUBSCRIPTION);
    private final Semaphore credentials = told(Topic.CREDENTIAL);
    private final Semaphore registers = told(Topic.REGISTER);
    private final Semaphore replays = told(Topic.REPLAY);
    private final Semaphore redeliveries = told(Topic.REDELIVERY);
    private final Semaphore nodes = told(Topic.NODE);

    private Semaphore told(Topic topic) {
        var times = new Semaphore(0);
        changes.on(topic, times::release);
        return times;
    }

    @BeforeEach
    void start() throws InterruptedException {
        changes.start();
        // At the beginning everybody is told.
        for (Semaphore each : new Semaphore[] {subscriptions, credentials, registers, replays, redeliveries, nodes}) {
            assertThat(hears(each)).isTrue();
        }
    }

    @AfterEach
    void close() {
        changes.close();
        elsewhere.close();
        node.close();
    }

    private static boolean hears(Semaphore told) throws InterruptedException {
        return told.tryAcquire(30, TimeUnit.SECONDS);
    }

    private void sql(String statement) {
        elsewhere.useTransaction(tx -> tx.handle().execute(statement));
    }

    @Test
    void what_is_changed_with_plain_sql_is_told_and_nothing_else() throws InterruptedException {
        sql(ORDER.formatted("a"));
        assertThat(hears(subscriptions)).isTrue();
        sql("insert into subscription_credential (subscription) select id from subscription");
        assertThat(hears(credentials)).isTrue();
        sql("update resource set policy = '' where id = 'unknown'");
        assertThat(hears(registers)).isTrue();
        sql("""
                insert into replay (subscription, kind, per_second, created, xid, position, stored, until_xid)
                select id, 'failed', 1, now(), 0, 0, now(), 0 from subscription
                """);
        assertThat(hears(replays)).isTrue();
        sql("update replay set looked_at = 1");
        elsewhere.useTransaction(tx -> Changes.tell(tx, Topic.REDELIVERY));
        assertThat(hears(redeliveries)).isTrue();
        sql("insert into node (name) values ('other')");
        assertThat(hears(nodes)).isTrue();
        sql("update node set beat = clock_timestamp()");
        sql("delete from subscription");
        assertThat(hears(subscriptions)).isTrue();
        assertThat(hears(credentials)).as("went along").isTrue();

        assertThat(subscriptions.availablePermits()).isZero();
        assertThat(credentials.availablePermits()).isZero();
        assertThat(registers.availablePermits()).isZero();
        assertThat(replays.availablePermits()).isZero();
        assertThat(redeliveries.availablePermits()).isZero();
        assertThat(nodes.availablePermits()).isZero();
    }

    @Test
    void a_change_is_told_after_its_commit_and_not_when_it_is_undone() throws InterruptedException {
        elsewhere.useTransaction(tx -> {
            tx.handle().execute(ORDER.formatted("undone"));
            tx.handle().rollback();
        });
        sql("delete from signing_key");
        assertThat(hears(credentials)).isTrue();
        assertThat(subscriptions.availablePermits()).isZero();
    }

    @Test
    void many_changes_of_one_transaction_are_told_once() throws InterruptedException {
        elsewhere.useTransaction(tx -> {
            for (int i = 0; i < 100; i++) {
                tx.handle().execute(ORDER.formatted(i));
            }
        });
        assertThat(hears(subscriptions)).isTrue();
        sql("delete from signing_key");
        assertThat(hears(credentials)).isTrue();
        assertThat(subscriptions.availablePermits()).isZero();
    }

    @Test
    void after_a_lost_connection_everybody_is_told_because_something_may_have_been_missed()
            throws InterruptedException {
        killTheListener();
        for (Semaphore each : new Semaphore[] {subscriptions, credentials, registers, replays, redeliveries, nodes}) {
            assertThat(hears(each)).isTrue();
        }
        sql(ORDER.formatted("a"));
        assertThat(hears(subscriptions)).isTrue();
    }

    private void killTheListener() {
        await().until(() -> elsewhere.inTransaction(tx -> tx.handle()
                .createQuery("""
                        select count(pg_terminate_backend(pid, 5000))
                          from pg_stat_activity
                         where application_name = :name and query ilike 'listen%'
                        """)
                .bind("name", node.name())
                .mapTo(Integer.class)
                .one()
                .equals(1)));
    }

    @Test
    void the_connection_is_gone_after_the_end() {
        assertThat(listeners()).isEqualTo(1);
        changes.close();
        await().until(() -> listeners() == 0);
    }

    private int listeners() {
        return elsewhere.inTransaction(tx -> tx.handle()
                .createQuery(
                        "select count(*) from pg_stat_activity where application_name = :name and query ilike 'listen%'")
                .bind("name", node.name())
                .mapTo(Integer.class)
                .one());
    }
}

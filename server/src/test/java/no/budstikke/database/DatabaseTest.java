package no.budstikke.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseTest {

    @Test
    void a_failure_rolls_back_and_runs_nothing_afterwards() {
        try (Database database = TestDatabase.fresh()) {
            database.useTransaction(tx -> tx.handle().execute("create table t (n int)"));
            List<String> ran = new ArrayList<>();
            assertThatThrownBy(() -> database.useTransaction(tx -> {
                        tx.handle().execute("insert into t values (1)");
                        tx.afterCommit(() -> ran.add("after"));
                        throw new IllegalStateException("midway");
                    }))
                    .hasMessage("midway");
            database.useTransaction(tx -> {
                tx.handle().execute("insert into t values (2)");
                tx.afterCommit(() -> ran.add("committed"));
                assertThat(ran).isEmpty();
            });
            assertThat(ran).containsExactly("committed");
            List<Integer> rows = database.inTransaction(tx -> tx.handle()
                    .createQuery("select n from t")
                    .mapTo(Integer.class)
                    .list());
            assertThat(rows).containsExactly(2);
        }
    }

    @Test
    void it_tells_whether_the_database_answers() {
        Database database = TestDatabase.fresh();
        assertThat(database.answers(Duration.ofSeconds(10))).isTrue();
        database.close();
        assertThat(database.answers(Duration.ofSeconds(10))).isFalse();
    }
}

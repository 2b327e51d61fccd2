package no.budstikke.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTest {

    private static Account published(int events, int instances) {
        var account = new Account(events, instances);
        for (int number = 0; number < events; number++) {
            account.publishing(number);
            account.accepted(number);
        }
        return account;
    }

    @Test
    void what_comes_once_and_in_order_is_clean() {
        Account account = published(10, 3);
        IntStream.range(0, 10).forEach(account::arrived);
        assertThat(account.isComplete()).isTrue();
        assertThat(account.findings().isClean()).isTrue();
        assertThat(account.latencies()).hasSize(10).isSorted();
    }

    @Test
    void instances_have_no_order_among_each_other() {
        Account account = published(6, 3);
        List.of(2, 5, 1, 4, 0, 3).forEach(account::arrived);
        assertThat(account.findings().isClean()).isTrue();
    }

    @Test
    void the_lost_the_repeated_and_the_swapped_are_named_and_no_other() {
        Account account = published(9, 3);
        List.of(0, 1, 5, 2, 4, 4, 4, 6, 7, 8).forEach(account::arrived);
        Account.Findings found = account.findings();
        assertThat(account.isComplete()).isFalse();
        assertThat(found.lost()).containsExactly(3);
        assertThat(found.repeated()).containsExactly(new Account.Repeat(4, 3));
        assertThat(found.swapped()).containsExactly(new Account.Swap(2, 5));
        assertThat(found.refused()).isEmpty();
    }

    @Test
    void a_repeat_of_an_old_event_is_no_swap() {
        Account account = published(4, 1);
        List.of(0, 1, 0, 2, 3).forEach(account::arrived);
        assertThat(account.findings().swapped()).isEmpty();
        assertThat(account.findings().repeated()).containsExactly(new Account.Repeat(0, 2));
    }

    @Test
    void what_was_not_accepted_is_not_lost_and_what_comes_before_its_acceptance_counts() {
        var account = new Account(2, 1);
        account.publishing(0);
        account.arrived(0);
        account.accepted(0);
        account.publishing(1);
        assertThat(account.isComplete()).isTrue();
        assertThat(account.findings().lost()).isEmpty();
        assertThat(account.findings().refused()).containsExactly(1);
        assertThat(account.findings().isClean()).isFalse();
    }

    /// Whatever the order, an event is named as swapped exactly when a later one of its instance came
    /// first.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void swaps_are_found_in_any_order(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int instances = 1 + random.nextInt(4);
            Account account = published(12, instances);
            var order = new ArrayList<>(IntStream.range(0, 12).boxed().toList());
            Collections.shuffle(order, random);
            order.forEach(account::arrived);
            List<Integer> late = IntStream.range(0, 12)
                    .filter(number -> order.subList(0, order.indexOf(number)).stream()
                            .anyMatch(before -> before > number && before % instances == number % instances))
                    .boxed()
                    .toList();
            assertThat(account.findings().swapped())
                    .as("seed %d: %s", seed, order)
                    .extracting(Account.Swap::earlier)
                    .isEqualTo(late);
        }
    }
}

package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrencyLimitTest {

    private static final int MAX = 64;

    private final ConcurrencyLimit limit = new ConcurrencyLimit(MAX);
    private long now;

    @Test
    void an_endpoint_that_answers_quickly_gets_all_that_the_setting_allows_within_a_few_rounds() {
        int first = limit.requests();
        assertThat(first).isBetween(1, MAX / 2);
        int rounds = 0;
        while (limit.requests() < MAX) {
            round(Outcome.Load.BEARABLE, 5);
            rounds++;
        }
        assertThat(rounds).isLessThanOrEqualTo(4);
        assertThat(limit.isAtMost()).isTrue();
    }

    @Test
    void requests_that_were_under_way_together_cut_it_once() {
        warmUp();
        round(Outcome.Load.TOO_MUCH, 5);
        assertThat(limit.requests()).isEqualTo(MAX / 2);
        round(Outcome.Load.TOO_MUCH, 5);
        assertThat(limit.requests()).isEqualTo(MAX / 4);
    }

    @Test
    void an_endpoint_that_has_too_much_even_one_at_a_time_gets_pauses_up_to_a_second() {
        for (int i = 0; i < 100; i++) {
            round(Outcome.Load.TOO_MUCH, 1);
        }
        assertThat(limit.requests()).isEqualTo(1);
        assertThat(limit.pause()).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_000));
        for (int i = 0; i < 20; i++) {
            round(Outcome.Load.BEARABLE, 1);
        }
        assertThat(limit.pause()).isZero();
    }

    @Test
    void answers_that_take_twice_as_long_as_usual_cut_it_and_it_grows_again_when_they_don_t() {
        for (int i = 0; i < 50; i++) {
            round(Outcome.Load.BEARABLE, 20);
        }
        for (int i = 0; i < 6; i++) {
            round(Outcome.Load.BEARABLE, 2_000);
        }
        int slow = limit.requests();
        assertThat(slow).isLessThan(MAX / 2);
        for (int i = 0; i < 80; i++) {
            round(Outcome.Load.BEARABLE, 20);
        }
        assertThat(limit.requests()).isGreaterThan(slow);
    }

    @Test
    void an_endpoint_that_becomes_slow_for_good_gets_one_at_a_time_without_pauses() {
        for (int i = 0; i < 50; i++) {
            round(Outcome.Load.BEARABLE, 5);
        }
        for (int i = 0; i < 60; i++) {
            round(Outcome.Load.BEARABLE, 2_000);
            assertThat(limit.pause()).as("round %d", i).isZero();
        }
    }

    @Test
    void after_a_rest_that_it_asked_for_it_gets_one_at_first() {
        warmUp();
        limit.restartWithOne();
        assertThat(limit.requests()).isEqualTo(1);
        for (int i = 0; i < 7; i++) {
            round(Outcome.Load.BEARABLE, 5);
        }
        assertThat(limit.requests()).isEqualTo(MAX);
    }

    @Test
    void an_endpoint_that_always_takes_a_second_is_not_slowed_down_for_it() {
        for (int i = 0; i < 50; i++) {
            round(Outcome.Load.BEARABLE, 1_000);
        }
        assertThat(limit.requests()).isEqualTo(MAX);
    }

    @Test
    void nobody_is_slowed_down_for_quick_answers_that_vary() {
        var random = new SplittableRandom(5);
        warmUp();
        for (int i = 0; i < 5_000; i++) {
            one(Outcome.Load.BEARABLE, random.nextInt(1, 150));
        }
        assertThat(limit.requests()).isEqualTo(MAX);
    }

    @Test
    void after_an_outage_it_begins_low_and_is_back_soon() {
        warmUp();
        limit.restart();
        assertThat(limit.requests()).isLessThan(8);
        for (int i = 0; i < 5; i++) {
            round(Outcome.Load.BEARABLE, 5);
        }
        assertThat(limit.requests()).isEqualTo(MAX);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatever_happens_it_stays_between_one_and_the_setting_and_failures_never_raise_it(long seed) {
        var random = new SplittableRandom(seed);
        Outcome.Load[] loads = Outcome.Load.values();
        for (int i = 0; i < 20_000; i++) {
            int before = limit.requests();
            Duration pause = limit.pause();
            Outcome.Load load = loads[random.nextInt(loads.length)];
            one(load, random.nextInt(1, 3_000));
            assertThat(limit.requests()).as("seed %d, step %d", seed, i).isBetween(1, MAX);
            assertThat(limit.pause()).as("seed %d, step %d", seed, i).isBetween(Duration.ZERO, Duration.ofSeconds(1));
            if (load != Outcome.Load.BEARABLE) {
                assertThat(limit.requests()).as("seed %d, step %d", seed, i).isLessThanOrEqualTo(before);
                assertThat(limit.pause()).as("seed %d, step %d", seed, i).isGreaterThanOrEqualTo(pause);
            }
        }
    }

    private void warmUp() {
        for (int i = 0; i < 10; i++) {
            round(Outcome.Load.BEARABLE, 5);
        }
    }

    /// As many requests as it allows, all at once.
    private void round(Outcome.Load load, int millis) {
        int requests = limit.requests();
        long started = now;
        now += Duration.ofMillis(millis).toNanos();
        for (int i = 0; i < requests; i++) {
            limit.learn(load, started, now);
        }
        now++;
    }

    private void one(Outcome.Load load, int millis) {
        long started = now;
        now += Duration.ofMillis(millis).toNanos();
        limit.learn(load, started, now);
        now++;
    }
}

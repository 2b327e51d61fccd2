package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsequenceTest {

    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void twelve_failures_span_the_contracts_hours_and_then_the_delivery_is_given_up() {
        Instant now = START;
        var waits = new ArrayList<Duration>();
        int attempt = 1;
        while (follow(new Outcome.Rejected(500, "", Optional.empty()), attempt, now, 0)
                instanceof Consequence.TryAgain(Instant due)) {
            waits.add(Duration.between(now, due));
            now = due;
            attempt++;
        }
        assertThat(attempt).isEqualTo(12);
        assertThat(waits).isEqualTo(RetrySchedule.CONTRACT.waits());
        assertThat(Duration.between(START, now))
                .isEqualTo(Duration.ofHours(34).plusMinutes(46).plusSeconds(40));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void jitter_only_ever_lengthens_a_wait_and_by_a_tenth_at_most(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000; i++) {
            int attempt = random.nextInt(1, 12);
            Duration wait = RetrySchedule.CONTRACT.waits().get(attempt - 1);
            Duration jittered =
                    RetrySchedule.CONTRACT.after(attempt, random.nextDouble()).orElseThrow();
            assertThat(jittered)
                    .as("seed %d, attempt %d", seed, attempt)
                    .isBetween(wait, wait.plus(wait.dividedBy(10)));
        }
    }

    @Test
    void whatever_the_endpoint_answers_besides_2xx_is_tried_again() {
        for (int status : new int[] {199, 301, 302, 400, 404, 410, 429, 500, 503}) {
            assertThat(follow(new Outcome.Rejected(status, "", Optional.empty()), 1, START, 0))
                    .as("%d", status)
                    .isInstanceOf(Consequence.TryAgain.class);
        }
        for (Outcome outcome : List.of(
                new Outcome.TimedOut(), new Outcome.Unreachable("refused"), new Outcome.Barred("private address"))) {
            assertThat(follow(outcome, 1, START, 0)).as("%s", outcome).isInstanceOf(Consequence.TryAgain.class);
        }
    }

    @Test
    void what_is_taken_denied_or_withdrawn_is_over() {
        for (Outcome outcome : List.of(new Outcome.Accepted(204), new Outcome.Denied("no rule"), new Outcome.Withdrawn())) {
            assertThat(follow(outcome, 3, START, 0)).as("%s", outcome).isEqualTo(new Consequence.Settle());
        }
    }

    @Test
    void a_delivery_that_waited_for_a_dead_endpoint_longer_than_the_schedule_is_given_up_at_its_next_failure() {
        Instant muchLater = START.plus(Duration.ofDays(3));
        assertThat(follow(new Outcome.TimedOut(), 2, muchLater, 0)).isEqualTo(new Consequence.GiveUp());
    }

    private static Consequence follow(Outcome outcome, int attempts, Instant now, double random) {
        return Consequence.of(outcome, attempts, START, now, RetrySchedule.CONTRACT, random);
    }
}

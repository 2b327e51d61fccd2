package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
        assertThat(waits)
                .isEqualTo(Stream.of("10s", "30s", "1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "12h")
                        .map(wait -> Duration.parse("PT" + wait))
                        .toList());
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
        for (int status : new int[] {199, 301, 302, 400, 404, 429, 500, 503}) {
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
        for (Outcome outcome :
                List.of(new Outcome.Accepted(204), new Outcome.Denied("no rule"), new Outcome.Withdrawn())) {
            assertThat(follow(outcome, 3, START, 0)).as("%s", outcome).isEqualTo(new Consequence.Settle());
        }
    }

    @Test
    void an_endpoint_that_is_gone_is_sent_nothing_more() {
        assertThat(follow(new Outcome.Rejected(410, "", Optional.empty()), 1, START, 0))
                .isInstanceOf(Consequence.Disable.class);
    }

    @Test
    void a_subscription_is_disabled_at_a_failure_after_the_set_time_of_nothing_else() {
        var past = new Consequence.Past(3, START, START);
        Instant before = START.plus(RULES.disableAfter()).minusSeconds(1);
        Instant after = before.plusSeconds(1);
        var failure = new Outcome.Rejected(400, "", Optional.empty());
        assertThat(Consequence.of(failure, past, before, before, RULES, 0)).isInstanceOf(Consequence.TryAgain.class);
        assertThat(Consequence.of(failure, past, after, after, RULES, 0)).isInstanceOf(Consequence.Disable.class);
        assertThat(Consequence.of(new Outcome.Accepted(200), past, after, after, RULES, 0))
                .isEqualTo(new Consequence.Settle());
    }

    @Test
    void an_attempt_before_its_time_does_not_count_and_leaves_the_delivery_its_turn() {
        Instant due = START.plus(Duration.ofHours(12));
        var past = new Consequence.Past(11, due, START);
        assertThat(Consequence.of(new Outcome.TimedOut(), past, START, START.plusSeconds(45), RULES, 0.5))
                .isEqualTo(new Consequence.TryAgain(due));
        assertThat(past.number(START)).isEqualTo(11);
        assertThat(past.number(due)).isEqualTo(12);
    }

    @Test
    void however_long_a_delivery_waited_for_a_dead_endpoint_all_its_attempts_are_made_when_the_endpoint_is_back() {
        Instant muchLater = START.plus(Duration.ofDays(3));
        assertThat(Consequence.of(
                        new Outcome.TimedOut(),
                        new Consequence.Past(1, START, muchLater),
                        muchLater,
                        muchLater,
                        RULES,
                        0))
                .isEqualTo(new Consequence.TryAgain(muchLater.plusSeconds(30)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void retry_after_lengthens_a_wait_up_to_the_schedules_next_step_and_never_shortens_it(long seed) {
        var random = new SplittableRandom(seed);
        List<Duration> waits = RetrySchedule.CONTRACT.waits();
        for (int i = 0; i < 2_000; i++) {
            int attempt = random.nextInt(1, 12);
            Duration asked = Duration.ofSeconds(random.nextLong(0, 100_000));
            double jitter = random.nextDouble();
            Duration plain = RetrySchedule.CONTRACT.after(attempt, jitter).orElseThrow();
            Duration next = waits.get(Math.min(attempt, waits.size() - 1));
            Duration longest = next.compareTo(plain) > 0 ? next : plain;
            Instant due = ((Consequence.TryAgain) Consequence.of(
                            new Outcome.Rejected(429, "", Optional.of(Long.toString(asked.toSeconds()))),
                            new Consequence.Past(attempt - 1, START, START),
                            START,
                            START,
                            RULES,
                            jitter))
                    .due();
            assertThat(Duration.between(START, due))
                    .as("seed %d: attempt %d, asked for %s, jitter %s", seed, attempt, asked, jitter)
                    .isBetween(plain, longest)
                    .isEqualTo(asked.compareTo(plain) < 0 ? plain : asked.compareTo(longest) > 0 ? longest : asked);
        }
    }

    private static final Consequence.Rules RULES = new Consequence.Rules(RetrySchedule.CONTRACT, Duration.ofDays(5));

    /// The next consequence of an endpoint that took something just before.
    private static Consequence follow(Outcome outcome, int attempts, Instant now, double random) {
        return Consequence.of(outcome, new Consequence.Past(attempts - 1, now, now), now, now, RULES, random);
    }
}

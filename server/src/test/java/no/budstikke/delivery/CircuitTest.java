package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTest {

    private static final Outcome DOWN = new Outcome.Rejected(503, "", Optional.empty());
    private static final Outcome UP = new Outcome.Accepted(200);

    private static final int SUBSCRIPTION = 17;

    private final Circuit circuit = new Circuit();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void nine_failures_in_a_row_leave_it_closed_and_the_tenth_opens_it() {
        fail(9);
        assertThat(circuit.isOpen()).isFalse();
        fail(1);
        assertThat(circuit.isOpen()).isTrue();
    }

    @Test
    void a_success_in_between_starts_the_count_anew() {
        fail(9);
        circuit.learn(UP, now);
        fail(9);
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void a_refusal_of_one_event_says_that_the_endpoint_is_alive() {
        for (int i = 0; i < 100; i++) {
            circuit.learn(new Outcome.Rejected(400, "unknown member", Optional.empty()), now);
        }
        assertThat(circuit.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void while_it_is_open_probes_go_out_every_few_seconds_whether_they_fail_or_hang(long seed) {
        var random = new SplittableRandom(seed);
        fail(10);
        assertThat(circuit.takeProbe(SUBSCRIPTION, now)).as("at once").isFalse();
        Instant last = now;
        int probes = 0;
        for (int tick = 0; tick < 600; tick++) {
            now = now.plusMillis(250);
            if (circuit.takeProbe(SUBSCRIPTION, now)) {
                probes++;
                assertThat(Duration.between(last, now))
                        .as("seed %d, probe %d", seed, probes)
                        .isBetween(Duration.ofSeconds(2), Duration.ofMillis(5_750));
                last = now;
                if (random.nextBoolean()) {
                    circuit.learn(DOWN, now);
                }
            }
        }
        assertThat(probes).as("seed %d: in 150 seconds", seed).isBetween(26, 75);
    }

    @Test
    void after_an_hour_probes_are_rare() {
        fail(10);
        now = now.plus(Duration.ofHours(2));
        assertThat(circuit.takeProbe(SUBSCRIPTION, now)).isTrue();
        circuit.learn(DOWN, now);
        assertThat(circuit.takeProbe(SUBSCRIPTION, now.plusSeconds(30))).isFalse();
        assertThat(circuit.takeProbe(SUBSCRIPTION, now.plusSeconds(61))).isTrue();
    }

    @Test
    void an_endpoint_that_asks_to_be_left_alone_is_left_alone_for_so_long_and_no_probe_disturbs_it() {
        ask(429, "60");
        ask(429, "60");
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.takeProbe(SUBSCRIPTION, now.plusSeconds(59))).isFalse();
        assertThat(circuit.wake(now.plusSeconds(59))).isFalse();
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.wake(now.plusSeconds(60))).isTrue();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.closed()).as("there was no outage to catch up on").isEqualTo(Instant.EPOCH);
    }

    @Test
    void a_single_event_that_is_answered_so_holds_up_the_others_for_ten_seconds_each_time() {
        for (int attempt = 0; attempt < 12; attempt++) {
            ask(503, "3600");
            assertThat(circuit.isOpen()).isTrue();
            assertThat(circuit.wake(now.plusMillis(9_999))).isFalse();
            now = now.plusSeconds(10);
            assertThat(circuit.wake(now)).isTrue();
            circuit.learn(UP, now);
        }
    }

    @Test
    void an_answer_to_what_was_under_way_does_not_end_the_rest_but_tells_that_others_are_taken() {
        ask(503, "60");
        assertThat(circuit.learn(UP, now.plusSeconds(1))).isFalse();
        assertThat(circuit.isOpen()).isTrue();
        ask(503, "60");
        assertThat(circuit.wake(now.plusSeconds(10))).isTrue();
    }

    @Test
    void a_shorter_request_is_heeded_as_it_is() {
        ask(503, "3");
        assertThat(circuit.wake(now.plusMillis(2_999))).isFalse();
        assertThat(circuit.wake(now.plusSeconds(3))).isTrue();
    }

    @Test
    void nobody_is_left_alone_for_ever() {
        ask(503, "999999999999");
        ask(503, "999999999999");
        assertThat(circuit.wake(now.plus(Duration.ofMinutes(10)).minusMillis(1)))
                .isFalse();
        assertThat(circuit.wake(now.plus(Duration.ofMinutes(10)))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 500, 502, 504})
    void retry_after_with_a_status_for_which_no_standard_says_so_is_not_about_the_endpoint(int status) {
        ask(status, "60");
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void after_an_outage_in_which_it_asked_to_be_left_alone_there_is_something_to_catch_up_on() {
        for (int i = 0; i < 10; i++) {
            ask(503, "1");
        }
        now = now.plusSeconds(1);
        assertThat(circuit.wake(now)).isTrue();
        assertThat(circuit.closed()).isEqualTo(Instant.EPOCH);
        assertThat(circuit.learn(UP, now)).isTrue();
        assertThat(circuit.closed()).isEqualTo(now);
    }

    @Test
    void and_one_that_no_longer_asks_but_fails_is_probed() {
        for (int i = 0; i < 10; i++) {
            ask(503, "1");
        }
        now = now.plusSeconds(1);
        circuit.wake(now);
        fail(1);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.takeProbe(SUBSCRIPTION, now.plusSeconds(2))).isTrue();
    }

    @Test
    void a_probed_endpoint_that_asks_to_be_left_alone_is_left_alone() {
        fail(10);
        now = now.plusSeconds(2);
        assertThat(circuit.takeProbe(SUBSCRIPTION, now)).isTrue();
        ask(503, "8");
        assertThat(circuit.takeProbe(SUBSCRIPTION, now.plusSeconds(7))).isFalse();
        assertThat(circuit.wake(now.plusSeconds(8))).isTrue();
    }

    @Test
    void subscriptions_take_turns_to_probe_and_begin_with_the_first_of_what_waits() {
        fail(10);
        var turns = new ArrayList<Integer>();
        var withLast = new ArrayList<Boolean>();
        for (int tick = 0; tick < 200 && turns.size() < 6; tick++) {
            now = now.plusMillis(250);
            for (int prober = 1; prober <= 3; prober++) {
                if (circuit.takeProbe(prober, now)) {
                    turns.add(prober);
                    withLast.add(circuit.isProbeWithLast());
                    circuit.learn(DOWN, now);
                }
            }
        }
        assertThat(turns.subList(0, 3)).containsExactly(1, 2, 3);
        assertThat(turns.subList(3, 6)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(withLast).containsExactly(false, true, false, true, false, true);
    }

    @Test
    void an_answered_probe_closes_it_and_tells_when() {
        fail(10);
        now = now.plusSeconds(5);
        assertThat(circuit.takeProbe(SUBSCRIPTION, now)).isTrue();
        assertThat(circuit.learn(UP, now)).isTrue();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.closed()).isEqualTo(now);
    }

    private void ask(int status, String retryAfter) {
        circuit.learn(new Outcome.Rejected(status, "", Optional.of(retryAfter)), now);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            circuit.learn(DOWN, now);
        }
    }
}

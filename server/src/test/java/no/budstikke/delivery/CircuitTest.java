package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitTest {

    private static final Outcome DOWN = new Outcome.Rejected(503, "", Optional.empty());
    private static final Outcome UP = new Outcome.Accepted(200);

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
        assertThat(circuit.takeProbe(now)).as("at once").isFalse();
        Instant last = now;
        int probes = 0;
        for (int tick = 0; tick < 600; tick++) {
            now = now.plusMillis(250);
            if (circuit.takeProbe(now)) {
                probes++;
                assertThat(Duration.between(last, now))
                        .as("seed %d, probe %d", seed, probes)
                        .isBetween(Duration.ofSeconds(2), Duration.ofMillis(5_250));
                last = now;
                if (random.nextBoolean()) {
                    circuit.learn(DOWN, now);
                }
            }
        }
        assertThat(probes).as("seed %d: in 150 seconds", seed).isBetween(30, 75);
    }

    @Test
    void after_an_hour_probes_are_rare() {
        fail(10);
        now = now.plus(Duration.ofHours(2));
        assertThat(circuit.takeProbe(now)).isTrue();
        circuit.learn(DOWN, now);
        assertThat(circuit.takeProbe(now.plusSeconds(30))).isFalse();
        assertThat(circuit.takeProbe(now.plusSeconds(60))).isTrue();
    }

    @Test
    void an_endpoint_that_asks_to_be_left_alone_is_left_alone_for_so_long_and_no_probe_disturbs_it() {
        circuit.learn(new Outcome.Rejected(429, "", Optional.of("60")), now);
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.takeProbe(now.plusSeconds(59))).isFalse();
        assertThat(circuit.learn(UP, now.plusSeconds(1)))
                .as("something that was under way")
                .isFalse();
        assertThat(circuit.wake(now.plusSeconds(59))).isFalse();
        assertThat(circuit.isOpen()).isTrue();
        assertThat(circuit.wake(now.plusSeconds(60))).isTrue();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.closed()).as("there was no outage to catch up on").isEqualTo(Instant.EPOCH);
    }

    @Test
    void nobody_is_left_alone_for_ever() {
        circuit.learn(new Outcome.Rejected(503, "", Optional.of("999999999999")), now);
        assertThat(circuit.wake(now.plus(Duration.ofMinutes(10)))).isTrue();
    }

    @Test
    void retry_after_on_a_refusal_of_one_event_is_not_about_the_endpoint() {
        circuit.learn(new Outcome.Rejected(409, "", Optional.of("60")), now);
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void an_answered_probe_closes_it_and_tells_when() {
        fail(10);
        now = now.plusSeconds(5);
        assertThat(circuit.takeProbe(now)).isTrue();
        assertThat(circuit.learn(UP, now)).isTrue();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.closed()).isEqualTo(now);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            circuit.learn(DOWN, now);
        }
    }
}

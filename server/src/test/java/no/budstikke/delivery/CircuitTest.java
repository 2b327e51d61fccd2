package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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

    @Test
    void while_it_is_open_one_probe_at_a_time_goes_out_every_few_seconds() {
        fail(10);
        assertThat(circuit.takeProbe(now)).as("at once").isFalse();
        int probes = 0;
        for (int second = 0; second < 60; second++) {
            now = now.plusSeconds(1);
            if (circuit.takeProbe(now)) {
                probes++;
                assertThat(circuit.takeProbe(now)).as("a second one").isFalse();
                circuit.learn(DOWN, now);
            }
        }
        assertThat(probes).isBetween(12, 30);
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
    void an_answered_probe_closes_it_and_tells_when() {
        fail(10);
        now = now.plusSeconds(5);
        assertThat(circuit.takeProbe(now)).isTrue();
        circuit.learn(UP, now);
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.closed()).isEqualTo(now);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            circuit.learn(DOWN, now);
        }
    }
}

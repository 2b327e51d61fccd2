package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.budstikke.subscription.CanonicalUrl;
import no.budstikke.subscription.Standing;
import no.budstikke.subscription.Subscription;
import no.budstikke.subscription.Terms;
import org.junit.jupiter.api.Test;

/// Which lanes are looked after, and when.
class AgendaTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private final Agenda agenda = new Agenda();
    private final Lane one = lane(1);
    private final Lane other = lane(2);

    private Lane lane(int subscription) {
        return new Lane(
                new Subscription(
                        subscription,
                        Optional.of(new CanonicalUrl("https://hook.example.no/")),
                        new Subscription.Filters(
                                Optional.empty(),
                                "urn:altinn:resource:r",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        Terms.PLAIN,
                        "/org/ttd",
                        "/org/ttd",
                        NOW,
                        true,
                        Standing.ACTIVE),
                new Endpoint(1, Runnable::run, _ -> {}),
                agenda,
                Runnable::run,
                _ -> {});
    }

    private List<Lane> takenAfter(Duration time) {
        return agenda.take(NOW.plus(time));
    }

    @Test
    void a_lane_that_is_noted_is_taken_once_however_often_it_was_noted() {
        one.onAgenda().note();
        one.onAgenda().note();
        assertThat(takenAfter(Duration.ZERO)).containsExactly(one);
        assertThat(takenAfter(Duration.ZERO)).isEmpty();
        one.onAgenda().note();
        assertThat(takenAfter(Duration.ZERO)).containsExactly(one);
    }

    @Test
    void a_lane_that_is_planned_is_taken_when_its_time_has_come_and_not_before() {
        agenda.plan(one, NOW.plusSeconds(10));
        agenda.plan(other, NOW.plusSeconds(5));
        assertThat(takenAfter(Duration.ofSeconds(4))).isEmpty();
        assertThat(takenAfter(Duration.ofSeconds(5))).containsExactly(other);
        assertThat(takenAfter(Duration.ofSeconds(11))).containsExactly(one);
        assertThat(takenAfter(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void of_two_plans_the_earlier_counts() {
        agenda.plan(one, NOW.plusSeconds(10));
        agenda.plan(one, NOW.plusSeconds(3));
        agenda.plan(one, NOW.plusSeconds(7));
        assertThat(takenAfter(Duration.ofSeconds(3))).containsExactly(one);
        agenda.plan(one, NOW.plusSeconds(8));
        assertThat(takenAfter(Duration.ofSeconds(8))).containsExactly(one);
    }

    @Test
    void what_is_noted_and_planned_at_once_is_taken_once() {
        agenda.plan(one, NOW);
        one.onAgenda().note();
        assertThat(takenAfter(Duration.ZERO)).containsExactly(one);
    }
}

package no.budstikke.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExpiringCacheTest {

    private final MovableClock clock = new MovableClock();
    private final ExpiringCache<String, Integer> cache = new ExpiringCache<>(clock, 100);
    private final AtomicInteger workedOut = new AtomicInteger();

    private int ask(String key, Duration life) {
        return cache.get(
                key, _ -> new ExpiringCache.Answer<>(workedOut.incrementAndGet(), clock.millis() + life.toMillis()));
    }

    @Test
    void an_answer_holds_until_its_time_is_over() {
        assertThat(ask("a", Duration.ofMinutes(1))).isEqualTo(1);
        assertThat(ask("a", Duration.ofMinutes(1))).isEqualTo(1);
        assertThat(ask("b", Duration.ofMinutes(1))).isEqualTo(2);
        clock.advance(Duration.ofMinutes(1));
        assertThat(ask("a", Duration.ofMinutes(1))).isEqualTo(3);
    }

    @Test
    void an_answer_without_a_life_is_not_kept() {
        ask("a", Duration.ZERO);
        assertThat(cache.size()).isZero();
        assertThat(ask("a", Duration.ZERO)).isEqualTo(2);
    }

    @Test
    void it_never_holds_more_than_its_capacity_and_keeps_what_is_young() {
        for (int i = 0; i < 10_000; i++) {
            ask("key " + i, Duration.ofHours(1));
            assertThat(cache.size()).isLessThanOrEqualTo(100);
        }
        assertThat(ask("key 9999", Duration.ofHours(1))).isEqualTo(10_000);
        assertThat(ask("key 1", Duration.ofHours(1))).isEqualTo(10_001);
    }

    @Test
    void an_answer_begun_before_everything_was_forgotten_is_not_kept() {
        cache.get("a", _ -> {
            cache.clear();
            return new ExpiringCache.Answer<>(-1, Long.MAX_VALUE);
        });
        assertThat(ask("a", Duration.ofMinutes(1))).isEqualTo(1);
    }
}

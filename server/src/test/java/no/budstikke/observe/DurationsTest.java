package no.budstikke.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class DurationsTest {

    @Test
    void a_duration_is_counted_in_the_class_whose_bound_it_does_not_exceed() {
        double[] bounds = Durations.bounds();
        for (int i = 0; i < bounds.length - 1; i++) {
            long bound = Math.round(bounds[i] * 1e9);
            assertThat(classOf(bound)).as("at %s", bounds[i]).isEqualTo(i);
            assertThat(classOf(bound + 1)).as("just above %s", bounds[i]).isEqualTo(i + 1);
        }
        assertThat(classOf(0)).isZero();
        assertThat(classOf(-5)).as("two clocks that differ").isZero();
        assertThat(classOf(Long.MAX_VALUE)).isEqualTo(bounds.length - 1);
    }

    @Test
    void nothing_is_lost_when_many_record_at_once() throws Exception {
        var durations = new Durations();
        long sum = 0;
        var random = new SplittableRandom(5);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5_000; i++) {
                long nanos = random.nextLong(10_000_000_000L);
                sum += nanos;
                threads.execute(() -> durations.record(nanos));
            }
        }
        assertThat(durations.count()).isEqualTo(5_000);
        assertThat(durations.seconds()).isEqualTo(sum / 1e9);
    }

    @Test
    void the_page_shows_counters_gauges_and_cumulative_classes() {
        try (var meters = new Meters()) {
            var durations = new Durations();
            durations.record(700_000);
            durations.record(400_000_000_000L);
            meters.counter("some.things", "Things", () -> 7, new Meters.Label("kind", "good"))
                    .gauge("some.level.seconds", "A level", () -> 0.25)
                    .histogram("some_time_seconds", "A time", durations);
            String page = meters.page();
            assertThat(page)
                    .contains("# TYPE some_things_total counter", "some_things_total{kind=\"good\"} 7.0")
                    .contains("# TYPE some_level_seconds gauge", "some_level_seconds 0.25")
                    .contains("# TYPE some_time_seconds histogram", "# HELP some_time_seconds A time")
                    .contains("some_time_seconds_bucket{le=\"5.0E-4\"} 0", "some_time_seconds_bucket{le=\"0.001\"} 1")
                    .contains("some_time_seconds_bucket{le=\"300.0\"} 1", "some_time_seconds_bucket{le=\"+Inf\"} 2")
                    .contains("some_time_seconds_count 2", "some_time_seconds_sum 400.0007");
        }
    }

    private static int classOf(long nanos) {
        var durations = new Durations();
        durations.record(nanos);
        long[] counts = durations.counts();
        assertThat(Arrays.stream(counts).sum()).isEqualTo(1);
        int at = 0;
        while (counts[at] == 0) {
            at++;
        }
        return at;
    }
}

package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import no.budstikke.event.LogPosition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeaseTest {

    private final Pulse pulse = new Pulse(Duration.ofMinutes(1));
    private final Lease lease = new Lease(3, 7, new Cursor(LogPosition.START, Instant.EPOCH), pulse);

    private void beat() {
        pulse.beaten(System.nanoTime());
    }

    @Test
    void attempts_begin_while_the_node_is_certain() {
        beat();
        assertThat(lease.begin()).isTrue();
        assertThat(lease.begin()).isTrue();
    }

    @Test
    void nothing_begins_on_a_shard_that_is_left_or_lost() {
        beat();
        lease.leave(System.nanoTime());
        assertThat(lease.begin()).isFalse();
        lease.end();
        assertThat(lease.begin()).isFalse();
    }

    @Test
    void a_lost_shard_can_not_be_left() {
        lease.end();
        lease.leave(System.nanoTime());
        assertThat(lease.hasEnded()).isTrue();
    }

    @Test
    void a_shard_that_is_left_is_drained_when_the_last_attempt_is_over() {
        beat();
        lease.begin();
        lease.begin();
        lease.leave(System.nanoTime() + Duration.ofHours(1).toNanos());
        lease.done();
        assertThat(lease.isDrained()).isFalse();
        lease.done();
        assertThat(lease.isDrained()).isTrue();
    }

    @Test
    void or_when_the_time_is_over() {
        beat();
        lease.begin();
        lease.leave(System.nanoTime() - 1);
        assertThat(lease.isDrained()).isTrue();
    }

    @Test
    void an_uncertain_node_waits_for_its_beat_before_it_begins() throws Exception {
        CompletableFuture<Boolean> begun = beginElsewhere();
        beat();
        assertThat(begun.get()).isTrue();
    }

    @Test
    void and_begins_nothing_on_what_that_beat_found_lost() throws Exception {
        CompletableFuture<Boolean> begun = beginElsewhere();
        lease.end();
        beat();
        assertThat(begun.get()).isFalse();
    }

    @Test
    void and_begins_nothing_when_no_beat_comes_any_more() throws Exception {
        CompletableFuture<Boolean> begun = beginElsewhere();
        pulse.close();
        assertThat(begun.get()).isFalse();
    }

    @Test
    void an_old_beat_makes_nobody_certain() {
        pulse.beaten(System.nanoTime() - Duration.ofMinutes(2).toNanos());
        assertThat(pulse.isCertain()).isFalse();
    }

    /// Returns when the other thread waits.
    private CompletableFuture<Boolean> beginElsewhere() throws InterruptedException {
        var begun = new CompletableFuture<Boolean>();
        var started = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            started.countDown();
            begun.complete(lease.begin());
        });
        started.await();
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(begun).isNotDone();
        return begun;
    }
}

package no.budstikke.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import no.budstikke.testkit.Api;
import org.HdrHistogram.Histogram;

/// The owner of the subscription, looking at its deliveries at a steady rate, in turns at pages by
/// state, one event and the summary. Any answer but 200 fails it when it is closed.
final class Onlooker implements AutoCloseable {

    static final int PER_SECOND = 5;

    private static final Duration EVERY = Duration.ofSeconds(1).dividedBy(PER_SECOND);

    private final Api owner;
    private final String deliveries;
    private final Histogram answers;
    private final FutureTask<Void> looking = new FutureTask<>(this::look, null);
    private volatile boolean over;

    private Onlooker(Api owner, Histogram answers) {
        this.owner = owner;
        this.answers = answers;
        String id = owner.get(Api.EVENTS + "/subscriptions")
                .expect(200)
                .json()
                .at("/subscriptions/0/id")
                .asText();
        this.deliveries = Api.EVENTS + "/subscriptions/" + id + "/deliveries";
    }

    /// @param answers gets the time of each answer, in microseconds
    static Onlooker lookAt(Server server, Histogram answers) {
        var onlooker = new Onlooker(server.api(), answers);
        Thread.ofVirtual().start(onlooker.looking);
        return onlooker;
    }

    private void look() {
        String event = "none";
        long next = System.nanoTime();
        while (true) {
            for (String query : List.of("?state=delivered", "?state=waiting", "?state=failed", "?event=", "/summary")) {
                if (over) {
                    return;
                }
                long asked = System.nanoTime();
                var answer = owner.get(deliveries + (query.equals("?event=") ? query + event : query))
                        .expect(200);
                answers.recordValue((System.nanoTime() - asked) / 1_000);
                if (query.equals("?state=delivered")) {
                    event = answer.json().at("/deliveries/0/event/id").asText();
                }
                next += EVERY.toNanos();
                Clock.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            }
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            looking.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The owner could not look at its deliveries", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the owner looked", e);
        }
    }
}

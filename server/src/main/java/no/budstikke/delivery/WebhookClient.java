package no.budstikke.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocketFactory;
import no.budstikke.delivery.WebhookConnection.Origin;
import org.jspecify.annotations.Nullable;

/// Posts events to webhooks. Never throws for what an endpoint does: whatever happens is an [Outcome].
/// Redirects are not followed. Spec: events §6.1, §6.2.
///
/// Connections are kept for the next request to the same machine. Nothing runs for a request or for a
/// kept connection but the thread that makes the request: one thread looks a few times a second at all
/// that takes too long. Why this is our own: docs/decisions/0009-cpu-per-event.md.
final class WebhookClient implements AutoCloseable {

    private static final Duration LONGEST_TICK = Duration.ofMillis(500);
    /// Shorter than most servers keep an idle connection.
    private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

    private final EndpointGuard guard;
    private final Duration timeout;
    private final int connectionsKept;
    private final SSLSocketFactory tls;
    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
    private final Map<Origin, Deque<WebhookConnection>> kept = new ConcurrentHashMap<>();
    private final Thread watch;
    private volatile boolean closed;

    /// @param timeout for one attempt, from the connection to the end of the answer; noticed a little
    ///     later
    /// @param connectionsKept idle ones at most to each machine
    WebhookClient(EndpointGuard guard, Duration timeout, int connectionsKept) {
        this(guard, timeout, connectionsKept, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    WebhookClient(EndpointGuard guard, Duration timeout, int connectionsKept, SSLSocketFactory tls) {
        this.guard = guard;
        this.timeout = timeout;
        this.connectionsKept = connectionsKept;
        this.tls = tls;
        this.watch = Thread.ofPlatform().daemon().name("delivery-timeouts").start(this::watch);
    }

    /// One attempt. Its state decides who may end it: the sender or the watch.
    private static final class Exchange {

        private enum State {
            UNDER_WAY,
            ANSWERED,
            TOO_LATE
        }

        private final long deadline;
        private final AtomicReference<State> state = new AtomicReference<>(State.UNDER_WAY);
        private volatile @Nullable WebhookConnection connection;

        Exchange(long deadline) {
            this.deadline = deadline;
        }

        /// From now on the watch closes this connection when the time is over.
        void uses(WebhookConnection used) throws SocketException {
            connection = used;
            if (isTooLate()) {
                throw new SocketException("the time for the attempt is over");
            }
        }

        boolean isTooLate() {
            return state.get() == State.TOO_LATE;
        }

        /// False when the watch was quicker: then the connection is gone.
        boolean answered() {
            return state.compareAndSet(State.UNDER_WAY, State.ANSWERED);
        }

        void endWhenLate(long now) {
            if (now - deadline >= 0 && state.compareAndSet(State.UNDER_WAY, State.TOO_LATE)) {
                abort();
            }
        }

        void abort() {
            WebhookConnection used = connection;
            if (used != null) {
                used.abort();
            }
        }
    }

    /// Makes the request.
    Outcome post(WebhookRequest request) {
        var exchange = new Exchange(System.nanoTime() + timeout.toNanos());
        underWay.add(exchange);
        try {
            WebhookAnswer answer = answer(request, exchange);
            int status = answer.status();
            return status >= 200 && status < 300
                    ? new Outcome.Accepted(status)
                    : new Outcome.Rejected(status, answer.beginning().replace("\0", ""), answer.retryAfter());
        } catch (IOException | RuntimeException e) {
            return exchange.isTooLate() ? new Outcome.TimedOut() : failure(e);
        } finally {
            underWay.remove(exchange);
        }
    }

    private WebhookAnswer answer(WebhookRequest request, Exchange exchange) throws IOException {
        var origin = Origin.of(request.endPoint());
        byte[] bytes = WebhookConnection.request(request);
        WebhookConnection waiting = takeKept(origin);
        if (waiting != null) {
            try {
                return answer(waiting, bytes, exchange);
            } catch (WebhookAnswer.NoAnswer | SocketException e) {
                // Most likely the endpoint had closed the idle connection, or did so as the request came. A request
                // that it got all the same comes twice, as any delivery may.
                if (exchange.isTooLate() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
        InetAddress address = guard.resolve(origin.host());
        var fresh = new WebhookConnection(origin);
        try {
            exchange.uses(fresh);
            fresh.connect(address, tls);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
        return answer(fresh, bytes, exchange);
    }

    private WebhookAnswer answer(WebhookConnection connection, byte[] request, Exchange exchange) throws IOException {
        boolean keep = false;
        try {
            exchange.uses(connection);
            WebhookAnswer answer = connection.exchange(request);
            keep = exchange.answered() && answer.connectionIsKept() && keep(connection);
            return answer;
        } finally {
            if (!keep) {
                connection.close();
            }
        }
    }

    private @Nullable WebhookConnection takeKept(Origin origin) {
        Deque<WebhookConnection> idle = kept.get(origin);
        return idle == null ? null : idle.pollFirst();
    }

    /// The one that was used last is used first, so that those too many grow old.
    private boolean keep(WebhookConnection connection) {
        connection.idleFrom(System.nanoTime());
        var isKept = new boolean[1];
        // Within `compute`, so that the queue is not forgotten meanwhile.
        kept.compute(connection.origin(), (_, known) -> {
            Deque<WebhookConnection> idle = known == null ? new ConcurrentLinkedDeque<>() : known;
            if (!closed && idle.size() < connectionsKept) {
                idle.addFirst(connection);
                isKept[0] = true;
            }
            return idle;
        });
        return isKept[0];
    }

    private static Outcome failure(Exception e) {
        Throwable root = e;
        while (root.getCause() != null && !(root instanceof EndpointGuard.BarredAddress)) {
            root = root.getCause();
        }
        return switch (root) {
            case EndpointGuard.BarredAddress barred -> new Outcome.Barred(String.valueOf(barred.getMessage()));
            case java.net.SocketTimeoutException _ -> new Outcome.TimedOut();
            default -> new Outcome.Unreachable(root.getClass().getSimpleName() + ": " + root.getMessage());
        };
    }

    private void watch() {
        long tick = Math.clamp(timeout.toNanos() / 10, 10_000_000, LONGEST_TICK.toNanos());
        while (!closed) {
            LockSupport.parkNanos(this, tick);
            long now = System.nanoTime();
            for (Exchange exchange : underWay) {
                exchange.endWhenLate(now);
            }
            long oldest = now - KEPT_IDLE.toNanos();
            for (Origin origin : kept.keySet()) {
                kept.computeIfPresent(origin, (_, idle) -> closeOld(idle, oldest) ? null : idle);
            }
        }
    }

    /// Whether none is left.
    private static boolean closeOld(Deque<WebhookConnection> idle, long oldest) {
        WebhookConnection last = idle.peekLast();
        while (last != null && last.idleSince() - oldest < 0) {
            if (idle.removeLastOccurrence(last)) {
                last.close();
            }
            last = idle.peekLast();
        }
        return idle.isEmpty();
    }

    /// Breaks off what is under way.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
        underWay.forEach(Exchange::abort);
        for (Deque<WebhookConnection> idle : kept.values()) {
            for (WebhookConnection next = idle.poll(); next != null; next = idle.poll()) {
                next.close();
            }
        }
    }
}

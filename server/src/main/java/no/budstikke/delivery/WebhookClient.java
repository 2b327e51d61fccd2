package no.budstikke.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import javax.net.ssl.SSLSocketFactory;
import no.budstikke.credential.DeliverySignatures;
import no.budstikke.credential.EndpointCredentials;
import no.budstikke.credential.TokenGrant;
import no.budstikke.delivery.WebhookConnection.Field;
import no.budstikke.delivery.WebhookConnection.Origin;
import no.budstikke.time.Ids;
import org.jspecify.annotations.Nullable;

/// Posts events to webhooks. Never throws for what an endpoint does: whatever happens is an [Outcome].
/// Redirects are not followed. Every request is signed, and carries what its endpoint asks for. Spec:
/// events §6.1, §6.2; decision 0012.
///
/// Connections are kept for the next request to the same machine. Nothing runs for a request or for a
/// kept connection but the thread that makes the request: one thread looks a few times a second at all
/// that takes too long. Why this is our own: docs/decisions/0009-cpu-per-event.md.
final class WebhookClient implements AutoCloseable {

    private static final int BODY_KEPT = 2_048;
    private static final int UNAUTHORIZED = 401;
    private static final Duration LONGEST_TICK = Duration.ofMillis(500);
    /// Shorter than most servers keep an idle connection.
    private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

    private final EndpointGuard guard;
    private final Duration timeout;
    private final int connectionsKept;
    private final SSLSocketFactory tls;
    private final Sending sending;
    private final AccessTokens tokens;

    /// Made once for each, and gone with the credentials.
    private final Map<EndpointCredentials, SSLSocketFactory> ownTls = Collections.synchronizedMap(new WeakHashMap<>());

    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
    private final Map<Origin, Deque<WebhookConnection>> kept = new ConcurrentHashMap<>();
    private final Thread watch;
    private volatile boolean watchSleeps;
    private volatile boolean closed;

    /// What goes along with a request.
    ///
    /// @param credentials what the endpoint of a subscription asks for
    /// @param wallClock by which access tokens expire
    record Sending(
            IntFunction<Optional<EndpointCredentials>> credentials, Signer signer, InstantSource wallClock, Ids ids) {}

    /// [DeliverySignatures#sign].
    @FunctionalInterface
    interface Signer {

        DeliverySignatures.Headers sign(int subscription, String id, byte[] body);
    }

    /// @param timeout for one attempt, from the connection to the end of the answer; noticed a little
    ///     later
    /// @param connectionsKept idle ones at most to each machine
    WebhookClient(EndpointGuard guard, Duration timeout, int connectionsKept, Sending sending) {
        this(guard, timeout, connectionsKept, sending, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    WebhookClient(EndpointGuard guard, Duration timeout, int connectionsKept, Sending sending, SSLSocketFactory tls) {
        this.sending = sending;
        this.tokens = new AccessTokens(sending.wallClock(), sending.ids());
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
            return state.get() == State.TOO_LATE || left().isNegative();
        }

        /// What is left of the time.
        Duration left() {
            return Duration.ofNanos(deadline - System.nanoTime());
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
        if (watchSleeps) {
            LockSupport.unpark(watch);
        }
        try {
            WebhookAnswer answer = answer(request, exchange);
            int status = answer.status();
            // No text in the database may hold the character zero.
            String said = answer.beginning().replace("\0", "");
            return status >= 200 && status < 300
                    ? new Outcome.Accepted(status, said)
                    : new Outcome.Rejected(status, said, answer.retryAfter());
        } catch (AccessTokens.NoToken e) {
            return new Outcome.NoToken(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            return exchange.isTooLate() ? new Outcome.TimedOut() : failure(e);
        } finally {
            underWay.remove(exchange);
        }
    }

    private WebhookAnswer answer(WebhookRequest request, Exchange exchange) throws IOException, AccessTokens.NoToken {
        Optional<EndpointCredentials> held = sending.credentials().apply(request.subscription());
        Optional<TokenGrant> grant = held.flatMap(EndpointCredentials::grant);
        if (grant.isEmpty()) {
            return answer(request, held, Optional.empty(), exchange);
        }
        EndpointCredentials credentials = held.orElseThrow();
        String token = tokens.token(
                credentials,
                grant.get(),
                exchange.left(),
                form -> askForToken(grant.get(), credentials, form, exchange));
        WebhookAnswer answer = answer(request, held, Optional.of(token), exchange);
        if (answer.status() == UNAUTHORIZED) {
            tokens.refused(credentials, token);
        }
        return answer;
    }

    private WebhookAnswer answer(
            WebhookRequest request, Optional<EndpointCredentials> held, Optional<String> token, Exchange exchange)
            throws IOException {
        var origin = Origin.of(request.endPoint(), held);
        byte[] bytes = WebhookConnection.request(request.endPoint(), fields(request, token), request.body());
        WebhookConnection waiting = takeKept(origin);
        if (waiting != null) {
            try {
                return answer(waiting, bytes, BODY_KEPT, exchange);
            } catch (WebhookAnswer.NoAnswer | SocketException e) {
                // Most likely the endpoint had closed the idle connection, or did so as the request came. A request
                // that it got all the same comes twice, as any delivery may.
                if (exchange.isTooLate() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
        SSLSocketFactory trusted = held.isEmpty()
                ? tls
                : ownTls.computeIfAbsent(held.get(), own -> own.tlsToEndpoint().getSocketFactory());
        return answer(connected(origin, trusted, exchange), bytes, BODY_KEPT, exchange);
    }

    private List<Field> fields(WebhookRequest request, Optional<String> token) {
        DeliverySignatures.Headers signed = sending.signer().sign(request.subscription(), request.id(), request.body());
        var fields = new ArrayList<Field>(6);
        fields.add(new Field("Content-Type", request.contentType()));
        fields.add(new Field("webhook-id", signed.id()));
        fields.add(new Field("webhook-timestamp", signed.timestamp()));
        fields.add(new Field("webhook-signature", signed.signature()));
        request.traceparent().ifPresent(traceparent -> fields.add(new Field("traceparent", traceparent)));
        token.ifPresent(bearer -> fields.add(new Field("Authorization", "Bearer " + bearer)));
        return fields;
    }

    /// On a connection of its own, which is not kept: hours go by before the next.
    private AccessTokens.Answer askForToken(
            TokenGrant grant, EndpointCredentials credentials, String form, Exchange exchange) throws IOException {
        List<Field> fields = List.of(
                new Field("Content-Type", "application/x-www-form-urlencoded"),
                new Field("Accept", "application/json"),
                new Field("Connection", "close"));
        byte[] bytes =
                WebhookConnection.request(grant.tokenEndpoint(), fields, form.getBytes(StandardCharsets.US_ASCII));
        WebhookConnection connection = null;
        try {
            connection = connected(
                    Origin.of(grant.tokenEndpoint(), Optional.of(credentials)),
                    credentials.tlsToTokenEndpoint().getSocketFactory(),
                    exchange);
            WebhookAnswer answer = connection.exchange(bytes, WebhookAnswer.BODY_READ);
            return new AccessTokens.Answer(answer.status(), answer.beginning());
        } catch (IOException | RuntimeException e) {
            throw new IOException(exchange.isTooLate() ? "no answer in time" : reason(root(e)), e);
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    /// To an address that the guard permits.
    private WebhookConnection connected(Origin origin, SSLSocketFactory trusted, Exchange exchange) throws IOException {
        InetAddress address = guard.resolve(origin.host(), exchange.left());
        var fresh = new WebhookConnection(origin);
        try {
            exchange.uses(fresh);
            fresh.connect(address, trusted);
            return fresh;
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private WebhookAnswer answer(WebhookConnection connection, byte[] request, int kept, Exchange exchange)
            throws IOException {
        boolean keep = false;
        try {
            exchange.uses(connection);
            WebhookAnswer answer = connection.exchange(request, kept);
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
        Throwable root = root(e);
        return switch (root) {
            case EndpointGuard.BarredAddress barred -> new Outcome.Barred(String.valueOf(barred.getMessage()));
            case java.net.SocketTimeoutException _ -> new Outcome.TimedOut();
            default -> new Outcome.Unreachable(reason(root));
        };
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && !(root instanceof EndpointGuard.BarredAddress)) {
            root = root.getCause();
        }
        return root;
    }

    private static String reason(Throwable root) {
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private void watch() {
        long tick = Math.clamp(timeout.toNanos() / 10, 10_000_000, LONGEST_TICK.toNanos());
        while (!closed) {
            watchSleeps = true;
            if (underWay.isEmpty() && kept.isEmpty() && !closed) {
                LockSupport.park(this);
            }
            watchSleeps = false;
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

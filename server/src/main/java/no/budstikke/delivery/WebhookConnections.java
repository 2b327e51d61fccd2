package no.budstikke.delivery;

import io.helidon.common.tls.Tls;
import io.helidon.webclient.api.ConnectionKey;
import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.TcpClientConnection;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.spi.DnsResolver;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.credential.EndpointCredentials;
import org.jspecify.annotations.Nullable;

/// The connections to endpoints. Kept open between requests, but not for long and not too many; never
/// shared between subscriptions with different credentials; never through a proxy.
final class WebhookConnections implements AutoCloseable {

    private static final int MOST_IDLE = 4_096;
    private static final List<String> HTTP_1_1 = List.of("http/1.1");
    private static final Tls PLAIN = Tls.builder().enabled(false).build();

    /// Whose connections may stand in for each other.
    ///
    /// @param credentials the very object, so that changed credentials get new connections; null for none
    private record Target(String scheme, String host, int port, @Nullable EndpointCredentials credentials) {}

    private record Idle(WebhookConnection connection, long since) {}

    private final WebClient client;
    private final DnsResolver guarded;
    private final Duration keptIdle;
    private final Map<Target, Deque<Idle>> idle = new ConcurrentHashMap<>();
    private final AtomicInteger kept = new AtomicInteger();
    private volatile boolean closed;

    /// @param keptIdle how long an unused connection is kept
    WebhookConnections(WebClient client, EndpointGuard guard, Duration keptIdle) {
        this.keptIdle = keptIdle;
        this.client = client;
        this.guarded = new GuardedResolver(guard);
    }

    /// One that is idle, else a new one, connected to an address that the guard permits.
    ///
    /// @param toTokenEndpoint whether it is for asking for a token; such ones are not kept
    WebhookConnection to(URI address, Optional<EndpointCredentials> credentials, boolean toTokenEndpoint) {
        boolean secure = address.getScheme().equals("https");
        int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
        var target = new Target(address.getScheme(), address.getHost(), port, credentials.orElse(null));
        if (toTokenEndpoint) {
            return connect(target, tls(secure, credentials.map(EndpointCredentials::tlsToTokenEndpoint)), connection ->
                    connection.closeResource());
        }
        WebhookConnection known = takeIdle(target);
        return known != null
                ? known
                : connect(target, tls(secure, credentials.map(EndpointCredentials::tlsToEndpoint)), connection ->
                        keep(target, connection));
    }

    private Tls tls(boolean secure, Optional<javax.net.ssl.SSLContext> own) {
        return secure
                ? own.map(context -> Tls.builder().sslContext(context).build())
                        .orElseGet(() -> client.prototype().tls())
                : PLAIN;
    }

    private WebhookConnection connect(
            Target target, Tls tls, java.util.function.Consumer<WebhookConnection> released) {
        ConnectionKey key = ConnectionKey.create(
                target.scheme(),
                target.host(),
                target.port(),
                tls,
                guarded,
                DnsAddressLookup.defaultLookup(),
                Proxy.noProxy());
        TcpClientConnection connection = TcpClientConnection.create(client, key, HTTP_1_1, _ -> false, _ -> {});
        return new WebhookConnection(connection.connect(), released);
    }

    private @Nullable WebhookConnection takeIdle(Target target) {
        Deque<Idle> waiting = idle.get(target);
        if (waiting == null) {
            return null;
        }
        while (true) {
            Idle last;
            synchronized (waiting) {
                last = waiting.pollLast();
            }
            if (last == null) {
                return null;
            }
            kept.decrementAndGet();
            if (last.connection().isConnected()) {
                return last.connection();
            }
            last.connection().closeResource();
        }
    }

    private void keep(Target target, WebhookConnection connection) {
        if (closed || !connection.isConnected() || kept.incrementAndGet() > MOST_IDLE) {
            if (!closed && connection.isConnected()) {
                kept.decrementAndGet();
            }
            connection.closeResource();
            return;
        }
        // Notices when the other side closes meanwhile.
        connection.helidonSocket().idle();
        idle.compute(target, (_, waiting) -> {
            Deque<Idle> kept = waiting == null ? new ArrayDeque<>() : waiting;
            synchronized (kept) {
                kept.addLast(new Idle(connection, System.nanoTime()));
            }
            return kept;
        });
    }

    /// Closes those that nobody has used for a while. To be called every few seconds.
    void closeIdle() {
        closeThoseBefore(System.nanoTime() - keptIdle.toNanos());
    }

    private void closeThoseBefore(long limit) {
        for (Target target : idle.keySet()) {
            idle.computeIfPresent(target, (_, waiting) -> {
                synchronized (waiting) {
                    while (!waiting.isEmpty() && waiting.getFirst().since() - limit <= 0) {
                        waiting.removeFirst().connection().closeResource();
                        kept.decrementAndGet();
                    }
                    return waiting.isEmpty() ? null : waiting;
                }
            });
        }
    }

    /// How many are open and unused.
    int idle() {
        return kept.get();
    }

    @Override
    public void close() {
        closed = true;
        closeThoseBefore(System.nanoTime());
    }

    private record GuardedResolver(EndpointGuard guard) implements DnsResolver {

        @Override
        public InetAddress resolveAddress(String host, DnsAddressLookup lookup) {
            try {
                return guard.resolve(host);
            } catch (UnknownHostException e) {
                throw new java.io.UncheckedIOException("no address for " + host, e);
            }
        }
    }
}

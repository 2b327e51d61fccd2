package no.budstikke.delivery;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.spi.DnsResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Posts events to webhooks. Never throws for what an endpoint does: whatever happens is an [Outcome].
/// Redirects are not followed. Spec: events §6.1, §6.2.
final class WebhookClient implements AutoCloseable {

    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int ANSWER_KEPT = 2_048;
    /// An answer up to this long is read to its end so that the connection can be used again; a longer
    /// one is cut off.
    private static final int ANSWER_READ = 64 * 1024;

    private final WebClient client;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor watch;

    /// @param timeout for one attempt, from the connection to the end of the answer
    WebhookClient(EndpointGuard guard, Duration timeout, int connectionsKept) {
        this.timeout = timeout;
        this.client = WebClient.builder()
                .followRedirects(false)
                .shareConnectionCache(false)
                .connectionCacheSize(connectionsKept)
                .sendExpectContinue(false)
                .servicesDiscoverServices(false)
                .dnsResolver(new GuardedResolver(guard))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .readTimeout(timeout)
                        .tcpNoDelay(true)
                        .build())
                .build();
        this.watch = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("delivery-timeouts").factory());
        watch.setRemoveOnCancelPolicy(true);
    }

    /// Makes the request.
    Outcome post(WebhookRequest request) {
        Thread sender = Thread.currentThread();
        var decided = new AtomicBoolean();
        // A read limit alone would let an endpoint that sends a byte now and then keep us for ever.
        Future<?> alarm = watch.schedule(
                () -> {
                    if (decided.compareAndSet(false, true)) {
                        sender.interrupt();
                    }
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        Outcome outcome = exchangeOrFailure(request);
        boolean inTime = decided.compareAndSet(false, true);
        alarm.cancel(false);
        if (inTime) {
            return outcome;
        }
        // The alarm's interrupt is on its way or here; it must not hit what this thread does next.
        while (!Thread.interrupted()) {
            Thread.onSpinWait();
        }
        return new Outcome.TimedOut();
    }

    private Outcome exchangeOrFailure(WebhookRequest request) {
        try {
            return exchange(request);
        } catch (RuntimeException | IOException e) {
            return failure(e);
        }
    }

    private Outcome exchange(WebhookRequest request) throws IOException {
        HttpClientRequest post = client.method(Method.POST)
                .uri(request.endPoint())
                .header(HeaderNames.CONTENT_TYPE, request.contentType());
        request.traceparent().ifPresent(traceparent -> post.header(TRACEPARENT, traceparent));
        try (HttpClientResponse response = post.submit(request.body())) {
            int status = response.status().code();
            String answer = response.entity().hasEntity() ? beginning(response.inputStream()) : "";
            return status >= 200 && status < 300
                    ? new Outcome.Accepted(status)
                    : new Outcome.Rejected(status, answer, retryAfter(response));
        }
    }

    private static Optional<String> retryAfter(HttpClientResponse response) {
        return response.headers().first(HeaderNames.RETRY_AFTER);
    }

    private static String beginning(InputStream answer) throws IOException {
        byte[] start = answer.readNBytes(ANSWER_KEPT);
        if (start.length == ANSWER_KEPT) {
            answer.skip(ANSWER_READ);
        }
        return new String(start, StandardCharsets.UTF_8).replace("\0", "");
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

    @Override
    public void close() {
        watch.shutdownNow();
        client.closeResource();
    }

    private record GuardedResolver(EndpointGuard guard) implements DnsResolver {

        @Override
        public InetAddress resolveAddress(String host, DnsAddressLookup lookup) {
            try {
                return guard.resolve(host);
            } catch (UnknownHostException e) {
                throw new UncheckedIOException("no address for " + host, e);
            }
        }
    }
}

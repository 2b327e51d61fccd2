package no.budstikke.delivery;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import no.budstikke.credential.CredentialIndex;
import no.budstikke.credential.DeliverySignatures;
import no.budstikke.credential.EndpointCredentials;
import no.budstikke.credential.TokenGrant;
import no.budstikke.time.Ids;

/// Posts events to webhooks. Never throws for what an endpoint does: whatever happens is an [Outcome].
/// Redirects are not followed, answers are read to a limit and not decompressed. Every request is signed, and
/// carries what the endpoint asks for. Spec: events §6.1, §6.2; decision 0012.
final class WebhookClient implements AutoCloseable {

    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int ANSWER_KEPT = 2_048;
    /// An answer up to this long is read to its end so that the connection can be used again; a longer
    /// one is cut off.
    private static final int ANSWER_READ = 64 * 1024;

    /// For status line and header fields, and what marks the chunks of an answer.
    private static final int HEAD_READ = 64 * 1024;

    private static final HeaderName WEBHOOK_ID = HeaderNames.create("webhook-id");
    private static final HeaderName WEBHOOK_TIMESTAMP = HeaderNames.create("webhook-timestamp");
    private static final HeaderName WEBHOOK_SIGNATURE = HeaderNames.create("webhook-signature");
    private static final int UNAUTHORIZED = 401;
    private static final int NO_CONTENT = 204;

    private final WebhookConnections connections;
    private final WebClient client;
    private final HostNames names;
    private final Duration timeout;
    private final CredentialIndex credentials;
    private final DeliverySignatures signatures;
    private final AccessTokens tokens;
    private final ScheduledThreadPoolExecutor watch;

    /// How the world outside is reached.
    ///
    /// @param names how host names are looked up
    /// @param loopbackAllowed whether webhooks on this machine are served; only in development
    /// @param timeout for one attempt, from the connection to the end of the answer
    /// @param keptIdle how long an unused connection is kept, or a sixth longer
    /// @param wallClock by which access tokens expire
    record Outside(
            HostNames.Lookup names,
            boolean loopbackAllowed,
            Duration timeout,
            Duration keptIdle,
            InstantSource wallClock) {}

    WebhookClient(Outside outside, CredentialIndex credentials, DeliverySignatures signatures, Ids ids) {
        this.timeout = outside.timeout();
        this.credentials = credentials;
        this.signatures = signatures;
        this.names = new HostNames(outside.names());
        this.client = WebClient.builder()
                .followRedirects(false)
                .shareConnectionCache(false)
                .proxy(Proxy.noProxy())
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .sendExpectContinue(false)
                .servicesDiscoverServices(false)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT.compareTo(timeout) < 0 ? CONNECT : timeout)
                        .readTimeout(timeout)
                        .tcpNoDelay(true)
                        .build())
                .build();
        this.connections = new WebhookConnections(client, new EndpointGuard(outside.loopbackAllowed(), names), outside.keptIdle());
        this.tokens = new AccessTokens(this::requestToken, outside.wallClock(), ids);
        this.watch = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("delivery-timeouts").factory());
        watch.setRemoveOnCancelPolicy(true);
        long sweep = outside.keptIdle().dividedBy(6).toMillis();
        watch.scheduleWithFixedDelay(connections::closeIdle, sweep, sweep, TimeUnit.MILLISECONDS);
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
        Optional<EndpointCredentials> held = credentials.credentials(request.subscription());
        Optional<String> token;
        try {
            token = held.isEmpty() ? Optional.empty() : token(held.get());
        } catch (AccessTokens.NoToken e) {
            return new Outcome.NoToken(String.valueOf(e.getMessage()));
        }
        DeliverySignatures.Headers signed =
                signatures.sign(request.subscription(), request.id(), request.body());
        WebhookConnection connection = connections.to(request.endPoint(), held, false);
        try {
            HttpClientRequest post = client.method(Method.POST)
                    .uri(request.endPoint())
                    .connection(connection.limitedTo(ANSWER_READ + HEAD_READ))
                    .header(HeaderValues.CONNECTION_KEEP_ALIVE)
                    .header(HeaderNames.CONTENT_TYPE, request.contentType())
                    .header(WEBHOOK_ID, signed.id())
                    .header(WEBHOOK_TIMESTAMP, signed.timestamp())
                    .header(WEBHOOK_SIGNATURE, signed.signature());
            request.traceparent().ifPresent(traceparent -> post.header(TRACEPARENT, traceparent));
            token.ifPresent(bearer -> post.header(HeaderNames.AUTHORIZATION, "Bearer " + bearer));
            try (HttpClientResponse response = post.submit(request.body())) {
                int status = response.status().code();
                if (status == UNAUTHORIZED && token.isPresent()) {
                    tokens.refused(held.orElseThrow(), token.get());
                }
                String answer = response.entity().hasEntity() ? beginning(response.inputStream(), ANSWER_KEPT) : "";
                if (!tellsItsEnd(response)) {
                    connection.closeResource();
                }
                return status >= 200 && status < 300
                        ? new Outcome.Accepted(status)
                        : new Outcome.Rejected(status, answer, retryAfter(response));
            }
        } catch (RuntimeException | IOException e) {
            connection.closeResource();
            throw e;
        }
    }

    private Optional<String> token(EndpointCredentials held) throws AccessTokens.NoToken {
        Optional<TokenGrant> grant = held.grant();
        return grant.isEmpty() ? Optional.empty() : Optional.of(tokens.token(held, grant.get()));
    }

    private AccessTokens.Answer requestToken(TokenGrant grant, EndpointCredentials held, String form)
            throws IOException {
        try {
            WebhookConnection connection = connections.to(grant.tokenEndpoint(), Optional.of(held), true);
            try (HttpClientResponse response = client.method(Method.POST)
                    .uri(grant.tokenEndpoint())
                    .connection(connection.limitedTo(ANSWER_READ + HEAD_READ))
                    .header(HeaderValues.CONNECTION_CLOSE)
                    .header(HeaderNames.ACCEPT, "application/json")
                    .header(HeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .submit(form.getBytes(StandardCharsets.US_ASCII))) {
                String answer = response.entity().hasEntity() ? beginning(response.inputStream(), ANSWER_READ) : "";
                return new AccessTokens.Answer(response.status().code(), answer);
            } finally {
                connection.closeResource();
            }
        } catch (RuntimeException e) {
            throw new IOException(reason(root(e)), e);
        }
    }

    /// Otherwise the answer ends with the connection.
    private static boolean tellsItsEnd(HttpClientResponse response) {
        return response.headers().contains(HeaderNames.CONTENT_LENGTH)
                || response.headers().contains(HeaderNames.TRANSFER_ENCODING)
                || response.status().code() == NO_CONTENT;
    }

    private static Optional<String> retryAfter(HttpClientResponse response) {
        return response.headers().first(HeaderNames.RETRY_AFTER);
    }

    /// At most `kept` bytes of an answer; the rest is read, within its limit, so that the connection can be used again.
    private static String beginning(InputStream answer, int kept) throws IOException {
        try {
            byte[] start = answer.readNBytes(kept);
            if (start.length == kept) {
                answer.skip(ANSWER_READ - kept);
            }
            return new String(start, StandardCharsets.UTF_8).replace("\0", "");
        } catch (WebhookConnection.AnswerTooLong _) {
            return "";
        }
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

    @Override
    public void close() {
        watch.shutdownNow();
        connections.close();
        client.closeResource();
        names.close();
    }
}

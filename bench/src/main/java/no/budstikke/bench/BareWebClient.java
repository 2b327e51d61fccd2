package no.budstikke.bench;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A web client with nothing around it (Helidon's; the product has one of its own): a yardstick for
/// deliveries.
final class BareWebClient {

    private static final Header CONTENT_TYPE =
            HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");

    private BareWebClient() {}

    /// Posts the events in a closed loop.
    ///
    /// @return answers a second
    static double perSecond(EventRequest events, int connections, Duration lasting) {
        URI target = events.target();
        WebClient client = WebClient.builder()
                .followRedirects(false)
                .shareConnectionCache(false)
                .connectionCacheSize(connections)
                .sendExpectContinue(false)
                .servicesDiscoverServices(false)
                .socketOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .build();
        var answered = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + lasting.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                EventRequest own = events.copy();
                threads.execute(() -> {
                    while (System.nanoTime() < end) {
                        post(client, target, own.body(answered.getAndIncrement(), Clock.micros()));
                    }
                });
            }
        } finally {
            client.closeResource();
        }
        return answered.get() / Clock.seconds(System.nanoTime() - start);
    }

    private static void post(WebClient client, URI target, byte[] body) {
        try (HttpClientResponse response = client.method(Method.POST)
                .uri(target)
                .skipUriEncoding(true)
                .header(CONTENT_TYPE)
                .submit(body)) {
            if (response.status().code() != 200) {
                throw new IllegalStateException("The receiver answered " + response.status());
            }
        }
    }
}

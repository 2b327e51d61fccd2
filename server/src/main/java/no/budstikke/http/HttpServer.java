package no.budstikke.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import no.budstikke.observe.Spans;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The web server: takes requests in, one virtual thread each, and hands them to the [Routes].
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    /// Asked for every few seconds by machines: nobody wants to see them among the traces.
    private static final Set<String> UNTRACED = Set.of("GET /health", "GET /metrics");

    private final WebServer server;
    private final AtomicReference<@Nullable Serving> serving;

    private HttpServer(WebServer server, AtomicReference<@Nullable Serving> serving) {
        this.server = server;
        this.serving = serving;
    }

    /// Where to listen and how much to take.
    ///
    /// @param host an address or name of this machine; `0.0.0.0` for all
    /// @param port 0 for any free one
    /// @param maxBody bytes of a request's body; more is answered 413
    public record Listen(String host, int port, long maxBody) {}

    /// Takes the port. Every request is answered 503 until [#serve].
    ///
    /// @throws AddressInUse when another program has the port
    public static HttpServer listen(Listen listen) {
        var serving = new AtomicReference<@Nullable Serving>();
        var server = WebServer.builder()
                .address(address(listen.host()))
                .port(listen.port())
                .maxPayloadSize(listen.maxBody())
                .shutdownGracePeriod(DRAIN)
                .shutdownHook(false)
                .idleConnectionTimeout(IDLE)
                .backlog(4096)
                .routing(routing -> routing.any(handler(serving)))
                .build();
        server.start();
        // Helidon does not throw when the port is taken; it only has no port then.
        if (server.port() < 0) {
            server.stop();
            throw new AddressInUse(
                    "can't listen on " + listen.host() + ":" + listen.port() + ": is another program using the port?");
        }
        return new HttpServer(server, serving);
    }

    /// From now on requests are answered by these routes, and nobody is told of them.
    public void serve(Routes routes) {
        serve(routes, Spans.OFF);
    }

    /// From now on requests are answered by these routes.
    ///
    /// @param spans to whom each of them is told
    public void serve(Routes routes, Spans spans) {
        serving.set(new Serving(routes, spans));
    }

    private record Serving(Routes routes, Spans spans) {}

    /// Nobody can be served at that address, most often because another program has the port.
    public static final class AddressInUse extends RuntimeException {

        private static final long serialVersionUID = 1;

        AddressInUse(String message) {
            super(message);
        }
    }

    /// The port that requests are taken on.
    public int port() {
        return server.port();
    }

    /// Takes no more requests, lets those under way end for at most ten seconds.
    @Override
    public void close() {
        server.stop();
    }

    private static Handler handler(AtomicReference<@Nullable Serving> serving) {
        return (in, out) -> {
            Serving now = serving.get();
            if (now == null) {
                send(Reply.empty(503).with("Retry-After", "1"), in, out);
                return;
            }
            Routes.Match match = now.routes()
                    .match(
                            in.prologue().method().text(),
                            in.prologue().uriPath().rawPathNoParams());
            Optional<Traceparent> caller = in.headers().first(TRACEPARENT).flatMap(Traceparent::parse);
            Spans.Work span = match.route()
                    .filter(route -> !UNTRACED.contains(route))
                    .map(route -> now.spans().request(route, caller))
                    .orElseGet(() -> Spans.OFF.request("", caller));
            Trace trace = Trace.of(span.context());
            var request = new HelidonRequest(in, trace);
            Reply reply = trace.call(() -> answer(request, match.handler()));
            span.with("http.response.status_code", reply.status()).end(reply.status() < 500);
            send(reply, in, out);
        };
    }

    private static Reply answer(HelidonRequest request, no.budstikke.http.Handler handler) {
        try {
            return handler.handle(request);
        } catch (RequestException e) {
            // Helidon's own refusals, such as 413; it closes the connection where the rest of the body can't be
            // trusted.
            throw e;
        } catch (RuntimeException e) {
            LOG.error("{} {} failed; told the caller trace {}", request.method(), request.path(), request.traceId(), e);
            return Problem.reply(request, 500, null);
        }
    }

    private static void send(Reply reply, ServerRequest in, ServerResponse out) {
        if (!in.content().consumed()) {
            in.content().consume();
        }
        out.status(Status.create(reply.status()));
        for (Reply.Header header : reply.headers()) {
            out.headers().add(HeaderNames.create(header.name()), header.value());
        }
        if (reply.stream().isPresent()) {
            write(reply.stream().get(), out);
        } else if (reply.body().length == 0) {
            out.send();
        } else {
            out.send(reply.body());
        }
    }

    private static void write(Reply.Stream stream, ServerResponse out) {
        try (OutputStream body = out.outputStream()) {
            stream.writeTo(body);
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("the reader of a stream is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("a stream was broken off", e);
        }
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new AddressInUse("no address of this machine is called " + host + ": " + e.getMessage());
        }
    }
}

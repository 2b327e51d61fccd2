package no.budstikke.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.observe.Trace;

/// A request as Helidon hands it over.
final class HelidonRequest implements Request {

    private final ServerRequest request;
    private final Map<String, String> pathParameters;

    private final Trace trace;

    /// @param trace what the request is part of
    HelidonRequest(ServerRequest request, Trace trace) {
        this(request, Map.of(), trace);
    }

    private HelidonRequest(ServerRequest request, Map<String, String> pathParameters, Trace trace) {
        this.request = request;
        this.pathParameters = pathParameters;
        this.trace = trace;
    }

    @Override
    public String method() {
        return request.prologue().method().text();
    }

    @Override
    public String path() {
        return request.prologue().uriPath().rawPathNoParams();
    }

    @Override
    public String pathParameter(String name) {
        String raw = pathParameters.get(name);
        if (raw == null) {
            throw new IllegalStateException("the route has no {" + name + "}");
        }
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return raw;
        }
    }

    @Override
    public QueryParameters query() {
        return QueryParameters.parse(request.query().rawValue());
    }

    @Override
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    @Override
    public List<String> headers(String name) {
        var headers = request.headers();
        HeaderName header = HeaderNames.create(name);
        return headers.contains(header) ? headers.get(header).allValues() : List.of();
    }

    @Override
    public byte[] body() {
        try (InputStream in = bodyStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the request's body ended early", e);
        }
    }

    @Override
    public InputStream bodyStream() {
        return request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream();
    }

    @Override
    public String traceId() {
        return trace.name().text();
    }

    @Override
    public Request withPathParameters(Map<String, String> parameters) {
        return new HelidonRequest(request, parameters, trace);
    }
}

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
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A request as Helidon hands it over.
final class HelidonRequest implements Request {

    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");

    private static final Pattern FORM = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final ServerRequest request;
    private final Map<String, String> pathParameters;

    // Made when it is first asked for: few requests need one.
    private @Nullable String traceId;

    HelidonRequest(ServerRequest request) {
        this(request, Map.of());
    }

    private HelidonRequest(ServerRequest request, Map<String, String> pathParameters) {
        this.request = request;
        this.pathParameters = pathParameters;
    }

    private static String newTraceId() {
        // Only has to be different from others, not unguessable.
        var random = new SplittableRandom();
        return "00-%016x%016x-%016x-01".formatted(random.nextLong(), random.nextLong(), random.nextLong());
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
        String known = traceId;
        if (known == null) {
            known = request.headers()
                    .first(TRACEPARENT)
                    .filter(given -> FORM.matcher(given).matches())
                    .orElseGet(HelidonRequest::newTraceId);
            traceId = known;
        }
        return known;
    }

    @Override
    public Request withPathParameters(Map<String, String> parameters) {
        return new HelidonRequest(request, parameters);
    }
}

package no.budstikke.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request without a web server.
///
/// @param id what stands in the path for any name
public record PlainRequest(String method, String path, String id, String text) implements Request {

    @Override
    public String pathParameter(String name) {
        return id;
    }

    @Override
    public QueryParameters query() {
        return new QueryParameters(List.of());
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.empty();
    }

    @Override
    public List<String> headers(String name) {
        return List.of();
    }

    @Override
    public byte[] body() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public InputStream bodyStream() {
        return new ByteArrayInputStream(body());
    }

    @Override
    public String traceId() {
        return "00-00000000000000000000000000000001-0000000000000001-01";
    }

    @Override
    public Request withPathParameters(Map<String, String> parameters) {
        return this;
    }
}

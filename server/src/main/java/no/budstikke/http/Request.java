package no.budstikke.http;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was asked, free of the web framework. Confined to the thread that handles it.
public interface Request {

    /// Upper case.
    String method();

    /// The path as sent, without the query, percent-escapes kept.
    String path();

    /// The decoded path segment that stands at `{name}` in the route.
    ///
    /// @throws IllegalStateException when the route has no such name
    String pathParameter(String name);

    QueryParameters query();

    /// The first header field with that name, in any case.
    Optional<String> header(String name);

    /// All header fields with that name.
    List<String> headers(String name);

    /// The whole body; empty when there is none. It can be read once, here or through [#bodyStream()].
    byte[] body();

    /// The body as it arrives.
    InputStream bodyStream();

    /// W3C trace id of this request in the form `00-{32 hex}-{16 hex}-01`: the caller's `traceparent`,
    /// else a new
    /// one.
    String traceId();

    /// A request of a route: the names in its pattern with their values.
    Request withPathParameters(Map<String, String> parameters);
}

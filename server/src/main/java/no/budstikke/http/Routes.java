package no.budstikke.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which handler answers which path. Paths are matched without regard to case, a trailing slash and
/// repeated slashes are overlooked; a fixed segment is preferred to a `{name}`. Spec: events §2,
/// correspondence §2.0.
///
/// Filled at start by the rooms, read-only afterwards.
public final class Routes {

    /// What a route takes as its body's media type; checked before the handler, hence before
    /// authentication. Parameters are overlooked, and a `+json` type satisfies `application/json`. Spec:
    /// events §2.
    public sealed interface Consumes {

        /// Whatever is sent.
        record Anything() implements Consumes {}

        /// This media type. A mismatch, or no content type at all, is answered by `refusal`.
        record Only(String mediaType, Handler refusal) implements Consumes {}

        /// This media type, or no content type at all; a mismatch is answered 415 without a body.
        record IfAny(String mediaType) implements Consumes {}
    }

    private final Node root = new Node();

    /// Adds a route such as `("GET", "/events/api/v1/subscriptions/{id}", handler)`.
    ///
    /// @throws IllegalStateException when the same method and path are taken
    public Routes add(String method, String pattern, Handler handler) {
        return add(method, pattern, new Consumes.Anything(), handler);
    }

    /// As above, with a rule for the body's media type.
    public Routes add(String method, String pattern, Consumes consumes, Handler handler) {
        Node node = root;
        var names = new ArrayList<String>();
        for (String segment : segments(pattern)) {
            if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
                node = node.anySegment();
            } else {
                node = node.fixed.computeIfAbsent(segment.toLowerCase(Locale.ROOT), _ -> new Node());
            }
        }
        Route before = node.methods.putIfAbsent(
                method, new Route(Optional.of(method + " " + pattern), List.copyOf(names), consumes, handler));
        if (before != null) {
            throw new IllegalStateException("two handlers for " + method + " " + pattern);
        }
        return this;
    }

    private record Route(Optional<String> called, List<String> names, Consumes consumes, Handler handler) {

        Reply answer(Request request, List<String> captured) {
            Request named = names.isEmpty() ? request : request.withPathParameters(values(captured));
            return switch (consumes) {
                case Consumes.Anything _ -> handler.handle(named);
                case Consumes.Only(String mediaType, Handler refusal) ->
                    accepts(mediaType, named) ? handler.handle(named) : refusal.handle(named);
                case Consumes.IfAny(String mediaType) ->
                    named.header("Content-Type").isEmpty() || accepts(mediaType, named)
                            ? handler.handle(named)
                            : Reply.empty(415);
            };
        }

        private Map<String, String> values(List<String> captured) {
            var values = new HashMap<String, String>();
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), captured.get(i));
            }
            return values;
        }
    }

    private static boolean accepts(String mediaType, Request request) {
        Optional<String> sent = request.header("Content-Type").map(Routes::bareMediaType);
        return sent.isPresent()
                && (sent.get().equals(mediaType)
                        || (mediaType.equals("application/json") && sent.get().endsWith("+json")));
    }

    private static String bareMediaType(String contentType) {
        int semicolon = contentType.indexOf(';');
        String bare = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return bare.strip().toLowerCase(Locale.ROOT);
    }

    /// Who answers a request.
    ///
    /// @param route method and pattern; empty when no route fits
    record Match(Optional<String> route, Handler handler) {}

    /// The answer to a request; 404 for an unknown path, 405 with `Allow` for a known one without that
    /// method, both without a body.
    Reply answer(Request request) {
        return match(request.method(), request.path()).handler().handle(request);
    }

    /// What will answer a request with that method and path.
    Match match(String method, String path) {
        List<String> segments = segments(path);
        var captured = new ArrayList<String>();
        Node found = root.find(segments, 0, captured);
        if (found == null) {
            return new Match(Optional.empty(), _ -> Reply.empty(404));
        }
        Route route = found.methods.get(method);
        if (route == null) {
            return new Match(
                    Optional.empty(), _ -> Reply.empty(405).with("Allow", String.join(", ", found.methods.keySet())));
        }
        return new Match(route.called(), request -> route.answer(request, captured));
    }

    private static List<String> segments(String path) {
        var segments = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                if (i > start) {
                    segments.add(path.substring(start, i));
                }
                start = i + 1;
            }
        }
        return segments;
    }

    private static final class Node {

        final Map<String, Node> fixed = new HashMap<>();
        final Map<String, Route> methods = new TreeMap<>();

        @Nullable
        Node any;

        Node anySegment() {
            if (any == null) {
                any = new Node();
            }
            return any;
        }

        @Nullable
        Node find(List<String> segments, int at, List<String> captured) {
            if (at == segments.size()) {
                return methods.isEmpty() ? null : this;
            }
            Node next = fixed.get(segments.get(at).toLowerCase(Locale.ROOT));
            if (next != null) {
                Node found = next.find(segments, at + 1, captured);
                if (found != null) {
                    return found;
                }
            }
            if (any == null) {
                return null;
            }
            captured.add(segments.get(at));
            Node found = any.find(segments, at + 1, captured);
            if (found == null) {
                captured.removeLast();
            }
            return found;
        }
    }
}

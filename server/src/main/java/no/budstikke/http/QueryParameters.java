package no.budstikke.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The query of a request: its pairs, decoded, in the order in which they were sent. Names are looked up
/// without
/// regard
/// to case.
public record QueryParameters(List<Pair> pairs) {

    public record Pair(String name, String value) {}

    public QueryParameters {
        pairs = List.copyOf(pairs);
    }

    /// Reads the raw text behind the question mark; an undecodable escape stays as it was sent.
    static QueryParameters parse(String raw) {
        var pairs = new ArrayList<Pair>();
        for (String piece : raw.split("&", -1)) {
            if (!piece.isEmpty()) {
                int equals = piece.indexOf('=');
                pairs.add(
                        equals < 0
                                ? new Pair(decoded(piece), "")
                                : new Pair(decoded(piece.substring(0, equals)), decoded(piece.substring(equals + 1))));
            }
        }
        return new QueryParameters(pairs);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /// The first value with that name.
    public Optional<String> first(String name) {
        return pairs.stream()
                .filter(pair -> pair.name().equalsIgnoreCase(name))
                .map(Pair::value)
                .findFirst();
    }

    /// All values with that name, in order; a list is given by repeating the parameter.
    public List<String> all(String name) {
        return pairs.stream()
                .filter(pair -> pair.name().equalsIgnoreCase(name))
                .map(Pair::value)
                .toList();
    }
}

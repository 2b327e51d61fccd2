package no.budstikke.subscription;

import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A web address in the spelling in which subscriptions store and return it: scheme and host in lower
/// case, no default port, an empty path as `/`, dot segments resolved, unsafe characters
/// percent-encoded; case of the path, query and fragment kept, for the query often carries a secret.
/// `java.net.URI` reads the text and sees its host. Spec: events §4.1.
///
/// @param text canonical already: what [#read(String)] has given out before
public record CanonicalUrl(String text) {

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY_AND_REST =
            Pattern.compile("[/\\\\]{2}([^/\\\\?#]*)([^?#]*)(\\?[^#]*)?(#.*)?", Pattern.DOTALL);
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^]]*]|[^:]*)(?::(\\d{0,5}))?");
    private static final String SLACK = "hooks.slack.com";
    private static final int MAX_PORT = 65_535;
    private static final String UNRESERVED_MARKS = "-._~!*'()";
    private static final String RESERVED_IN_PATH = "/;:@&=+$,";
    private static final String RESERVED_AFTER_PATH = RESERVED_IN_PATH + "?[]";

    /// What a text is that may be a web address.
    sealed interface Reading {

        record Web(CanonicalUrl url) implements Reading {}

        /// A relative reference, or an address of another scheme.
        record NotWeb() implements Reading {}

        /// Begins like a web address, but can't be one.
        record Unparsable() implements Reading {}
    }

    public CanonicalUrl {
        if (!text.startsWith("https://") && !text.startsWith("http://")) {
            throw new IllegalArgumentException("not a web address");
        }
    }

    static Reading read(String given) {
        Matcher parts = SCHEME.matcher(given.strip());
        if (!parts.matches()) {
            return new Reading.NotWeb();
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return new Reading.NotWeb();
        }
        try {
            String text = scheme + "://" + afterScheme(scheme, parts.group(2));
            return URI.create(text).getHost() == null
                    ? new Reading.Unparsable()
                    : new Reading.Web(new CanonicalUrl(text));
        } catch (IllegalArgumentException e) {
            // From IDN, URI and ourselves: no host, a port that is none, a character that no address can have.
            return new Reading.Unparsable();
        }
    }

    private static String afterScheme(String scheme, String rest) {
        Matcher parts = AUTHORITY_AND_REST.matcher(rest);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no host");
        }
        String path = encoded(parts.group(2).replace('\\', '/'), RESERVED_IN_PATH);
        String query = parts.group(3) == null ? "" : encoded(parts.group(3), RESERVED_AFTER_PATH);
        String fragment =
                parts.group(4) == null ? "" : "#" + encoded(parts.group(4).substring(1), RESERVED_AFTER_PATH);
        return authority(scheme, parts.group(1)) + withoutDotSegments(path) + query + fragment;
    }

    private static String authority(String scheme, String given) {
        int at = given.lastIndexOf('@');
        String userInfo = at < 0 ? "" : encoded(given.substring(0, at), ";:&=+$,") + "@";
        Matcher parts = HOST_AND_PORT.matcher(given.substring(at + 1));
        if (!parts.matches() || parts.group(1).isEmpty()) {
            throw new IllegalArgumentException("no host");
        }
        String host = parts.group(1).startsWith("[") ? parts.group(1) : IDN.toASCII(parts.group(1));
        return userInfo + host.toLowerCase(Locale.ROOT) + port(scheme, parts.group(2) == null ? "" : parts.group(2));
    }

    private static String port(String scheme, String given) {
        if (given.isEmpty()) {
            return "";
        }
        int port = Integer.parseInt(given);
        if (port > MAX_PORT) {
            throw new IllegalArgumentException("no such port");
        }
        return port == (scheme.equals("https") ? 443 : 80) ? "" : ":" + port;
    }

    private static String encoded(String text, String reserved) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (isLetterOrDigit(c)
                    || UNRESERVED_MARKS.indexOf(c) >= 0
                    || reserved.indexOf(c) >= 0
                    || (c == '%' && isEscape(text, i))) {
                out.append((char) c);
            } else if (Character.isSurrogate((char) c) && c <= Character.MAX_VALUE) {
                throw new IllegalArgumentException("half a character");
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append('%').append("%02X".formatted(b & 0xff));
                }
            }
            i += Character.charCount(c);
        }
        return out.toString();
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0
                && text.charAt(at + 1) < 128
                && text.charAt(at + 2) < 128;
    }

    private static String withoutDotSegments(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            switch (segments[i]) {
                case "." -> {
                    if (last) {
                        kept.addLast("");
                    }
                }
                case ".." -> {
                    kept.pollLast();
                    if (last) {
                        kept.addLast("");
                    }
                }
                default -> kept.addLast(segments[i]);
            }
        }
        return "/" + String.join("/", kept);
    }

    URI uri() {
        return URI.create(text);
    }

    /// Whether it is Slack's, which takes messages and not events: its name stands anywhere in the text.
    /// Spec: events §6.3.
    public boolean isSlack() {
        return text.contains(SLACK);
    }

    boolean isHttps() {
        return text.startsWith("https:");
    }

    /// Without query, fragment and trailing slashes, so that what lies below begins with this and a
    /// slash.
    String location() {
        int end = text.length();
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '?' || c == '#') {
                end = i;
            }
        }
        while (text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(0, end);
    }
}

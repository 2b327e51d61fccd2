package no.budstikke.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The head of a request: its text, and what is needed to read the rest. Header fields are taken apart
/// only when somebody asks, so that counting requests stays cheap.
///
/// @param contentLength in bytes; 0 when the request names none
record RequestHead(
        String text,
        String method,
        String target,
        int contentLength,
        boolean chunked,
        boolean closes,
        boolean expectsContinue) {

    static RequestHead parse(String text) {
        int endOfLine = endOfLine(text, 0);
        int afterMethod = text.indexOf(' ');
        int afterTarget = text.indexOf(' ', afterMethod + 1);
        if (afterMethod <= 0 || afterTarget < 0 || afterTarget > endOfLine) {
            throw new IllegalArgumentException("not a request line: " + text.substring(0, endOfLine));
        }
        int contentLength = 0;
        boolean chunked = false;
        boolean closes = text.startsWith("HTTP/1.0", afterTarget + 1);
        boolean expectsContinue = false;
        for (int at = endOfLine + 2; at < text.length(); at = endOfLine(text, at) + 2) {
            if (named(text, at, "content-length:")) {
                contentLength = Integer.parseInt(valueAt(text, at));
            } else if (named(text, at, "transfer-encoding:")) {
                chunked = valueAt(text, at).equalsIgnoreCase("chunked");
            } else if (named(text, at, "connection:")) {
                closes = valueAt(text, at).equalsIgnoreCase("close");
            } else if (named(text, at, "expect:")) {
                expectsContinue = valueAt(text, at).equalsIgnoreCase("100-continue");
            }
        }
        return new RequestHead(
                text,
                text.substring(0, afterMethod),
                text.substring(afterMethod + 1, afterTarget),
                contentLength,
                chunked,
                closes,
                expectsContinue);
    }

    /// All header fields, found by any spelling of their names.
    Map<String, List<String>> headers() {
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (int at = endOfLine(text, 0) + 2; at < text.length(); at = endOfLine(text, at) + 2) {
            String name = text.substring(at, text.indexOf(':', at));
            headers.computeIfAbsent(name, _ -> new ArrayList<>()).add(valueAt(text, at));
        }
        headers.replaceAll((_, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(headers);
    }

    private static boolean named(String text, int at, String name) {
        return text.regionMatches(true, at, name, 0, name.length());
    }

    private static String valueAt(String text, int at) {
        return text.substring(text.indexOf(':', at) + 1, endOfLine(text, at)).strip();
    }

    private static int endOfLine(String text, int at) {
        int end = text.indexOf("\r\n", at);
        return end < 0 ? text.length() : end;
    }
}

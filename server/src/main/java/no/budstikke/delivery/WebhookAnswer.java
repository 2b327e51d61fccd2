package no.budstikke.delivery;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// An endpoint's answer (RFC 9112), as far as it matters to a delivery.
///
/// @param beginning of the body
/// @param retryAfter the field `Retry-After` as it was sent
/// @param connectionIsKept whether another request may be sent on the connection: the endpoint keeps it
///     open, and the answer was read to its end
record WebhookAnswer(int status, String beginning, Optional<String> retryAfter, boolean connectionIsKept) {

    /// An answer up to this long is read to its end so that the connection can be used again; a longer
    /// one is cut off.
    static final int BODY_READ = 64 * 1024;
    private static final int LONGEST_HEAD = 64 * 1024;

    /// The connection ended before the first byte of an answer.
    static final class NoAnswer extends EOFException {

        private static final long serialVersionUID = 1;

        NoAnswer() {
            super("the connection was closed without an answer");
        }
    }

    /// Reads one answer to a POST. Answers of the kind 100 to 199, which only announce another, are
    /// passed over.
    ///
    /// @param kept how many bytes of the body are of interest
    /// @throws NoAnswer when there is nothing at all
    /// @throws ProtocolException when it is not HTTP/1.0 or 1.1
    /// @throws IOException when the connection breaks midway
    static WebhookAnswer read(InputStream from, int kept) throws IOException {
        return new Reading(from, kept).answer();
    }

    /// Confined to one thread, for one answer.
    private static final class Reading {

        private static final byte[] NOTHING = {};

        private final InputStream from;
        private final byte[] buffer = new byte[2_048];
        private int next;
        private int end;
        private int headRoom = LONGEST_HEAD;

        // Of the head.
        private int status;
        private boolean persistent;
        private boolean chunked;
        private long length;
        private Optional<String> retryAfter = Optional.empty();

        // Of the body.
        private final int wanted;
        private byte[] kept = NOTHING;
        private int keptLength;
        private int bodyRead;

        Reading(InputStream from, int kept) {
            this.from = from;
            this.wanted = kept;
        }

        WebhookAnswer answer() throws IOException {
            if (!fill()) {
                throw new NoAnswer();
            }
            do {
                head();
            } while (status < 200);
            boolean whole = body();
            return new WebhookAnswer(status, beginning(), retryAfter, whole && persistent && next == end);
        }

        private String beginning() {
            return keptLength == 0 ? "" : new String(kept, 0, keptLength, StandardCharsets.UTF_8);
        }

        private void head() throws IOException {
            statusLine(line());
            length = -1;
            chunked = false;
            for (String field = line(); !field.isEmpty(); field = line()) {
                int colon = field.indexOf(':');
                if (colon > 0) {
                    field(
                            field.substring(0, colon).toLowerCase(Locale.ROOT),
                            field.substring(colon + 1).strip());
                }
            }
            if (status == 101) {
                throw new ProtocolException("the endpoint changes to another protocol, unasked");
            }
        }

        private void statusLine(String line) throws IOException {
            boolean http = line.length() >= 12
                    && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
                    && (line.length() == 12 || line.charAt(12) == ' ');
            long code = http ? number(line.substring(9, 12), 10) : -1;
            if (code < 100) {
                throw new ProtocolException("the endpoint does not speak HTTP/1.1");
            }
            status = (int) code;
            persistent = line.charAt(7) == '1';
        }

        private void field(String name, String value) throws IOException {
            switch (name) {
                case "content-length" -> {
                    long told = number(value, 10);
                    if (told < 0 || (length >= 0 && length != told)) {
                        throw new ProtocolException("the endpoint's Content-Length can't be read");
                    }
                    length = told;
                }
                case "transfer-encoding" -> {
                    chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
                    // Another encoding ends where the connection does.
                    persistent &= chunked;
                }
                case "connection" -> {
                    String options = value.toLowerCase(Locale.ROOT);
                    persistent = !options.contains("close") && (persistent || options.contains("keep-alive"));
                }
                case "retry-after" -> retryAfter = Optional.of(value);
                default -> {
                    // Of no interest here.
                }
            }
        }

        /// Whether it was read to its end.
        private boolean body() throws IOException {
            if (status == 204 || status == 304) {
                return true;
            }
            if (chunked) {
                return chunks();
            }
            if (length >= 0) {
                return take(length);
            }
            persistent = false;
            while (bodyRead < BODY_READ && (next < end || fill())) {
                keep(Math.min(end - next, BODY_READ - bodyRead));
            }
            return true;
        }

        private boolean chunks() throws IOException {
            while (true) {
                String size = line();
                int extension = size.indexOf(';');
                long chunk = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
                if (chunk < 0) {
                    throw new ProtocolException("the size of a chunk can't be read");
                }
                if (chunk == 0) {
                    break;
                }
                if (!take(chunk)) {
                    return false;
                }
                if (!line().isEmpty()) {
                    throw new ProtocolException("a chunk is longer than it said");
                }
            }
            while (!line().isEmpty()) {
                // Trailers.
            }
            return true;
        }

        /// Reads so many bytes of the body, unless there are too many.
        private boolean take(long bytes) throws IOException {
            long left = bytes;
            while (left > 0) {
                if (bodyRead >= BODY_READ) {
                    return false;
                }
                if (next == end && !fill()) {
                    throw new EOFException("the connection was closed in the middle of an answer");
                }
                int now = (int) Math.min(left, end - next);
                keep(now);
                left -= now;
            }
            return true;
        }

        private void keep(int bytes) {
            int taken = Math.min(bytes, wanted - keptLength);
            if (taken > 0) {
                // Most answers to a delivery have no body, and need no room for one.
                kept = keptLength == 0 ? new byte[wanted] : kept;
                System.arraycopy(buffer, next, kept, keptLength, taken);
                keptLength += taken;
            }
            next += bytes;
            bodyRead += bytes;
        }

        /// The next line of the head, without its end.
        private String line() throws IOException {
            var line = new StringBuilder(0);
            while (true) {
                int at = next;
                while (at < end && buffer[at] != '\n') {
                    at++;
                }
                headRoom -= at - next + 1;
                if (headRoom < 0) {
                    throw new ProtocolException("the head of the endpoint's answer is too long");
                }
                String part = new String(buffer, next, at - next, StandardCharsets.ISO_8859_1);
                boolean complete = at < end;
                next = complete ? at + 1 : at;
                if (complete) {
                    String whole = line.isEmpty() ? part : line.append(part).toString();
                    return whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
                }
                line.append(part);
                if (!fill()) {
                    throw new EOFException("the connection was closed in the middle of an answer");
                }
            }
        }

        /// More bytes into the buffer, whose old ones have been used. False at the end.
        private boolean fill() throws IOException {
            next = 0;
            end = Math.max(0, from.read(buffer, 0, buffer.length));
            return end > 0;
        }

        /// -1 for what is none.
        private static long number(String digits, int radix) {
            if (digits.isEmpty() || digits.length() > 15) {
                return -1;
            }
            long number = 0;
            for (int i = 0; i < digits.length(); i++) {
                char digit = digits.charAt(i);
                int value = digit < 128 ? Character.digit(digit, radix) : -1;
                if (value < 0) {
                    return -1;
                }
                number = number * radix + value;
            }
            return number;
        }
    }
}

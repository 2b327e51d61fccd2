package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Reads HTTP/1.1 messages, requests or responses, from one connection. Only what a measurement meets:
/// bodies with a `Content-Length`, or none. One thread.
final class Messages {

    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(ISO_8859_1);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding:".getBytes(ISO_8859_1);
    private static final byte[] EXPECT = "expect:".getBytes(ISO_8859_1);

    private final InputStream in;
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int bodyStart;
    private int bodyEnd;
    private int filled;

    Messages(InputStream in) {
        this.in = in;
    }

    /// Reads the next message; false when the other side closed the connection before it.
    boolean next() throws IOException {
        start = bodyEnd;
        if (start == filled) {
            start = 0;
            filled = 0;
        }
        int headEnd = endOfHead();
        if (headEnd < 0) {
            return false;
        }
        bodyStart = headEnd;
        int length = contentLength();
        while (filled - bodyStart < length) {
            if (!fill()) {
                throw new EOFException("The connection ended within a body");
            }
        }
        bodyEnd = bodyStart + length;
        return true;
    }

    /// The buffer with the message that was read last; the next call of [#next()] changes it.
    byte[] buffer() {
        return buffer;
    }

    int bodyStart() {
        return bodyStart;
    }

    int bodyEnd() {
        return bodyEnd;
    }

    /// Of a response: `HTTP/1.1 200 OK`.
    int status() {
        return (buffer[start + 9] - '0') * 100 + (buffer[start + 10] - '0') * 10 + buffer[start + 11] - '0';
    }

    /// The first line, for error messages.
    String firstLine() {
        return new String(buffer, start, bodyStart - start, ISO_8859_1)
                .lines()
                .findFirst()
                .orElse("");
    }

    /// Whether the first line begins so.
    boolean begins(byte[] line) {
        for (int i = 0; i < line.length; i++) {
            if (start + i >= bodyStart || buffer[start + i] != line[i]) {
                return false;
            }
        }
        return true;
    }

    String body() {
        return new String(buffer, bodyStart, bodyEnd - bodyStart, ISO_8859_1);
    }

    private int endOfHead() throws IOException {
        int at = start;
        while (true) {
            for (; at + 3 < filled; at++) {
                if (buffer[at] == '\r' && buffer[at + 1] == '\n' && buffer[at + 2] == '\r' && buffer[at + 3] == '\n') {
                    return at + 4;
                }
            }
            int searched = at - start;
            if (!fill()) {
                if (filled > start) {
                    throw new EOFException("The connection ended within a head");
                }
                return -1;
            }
            at = start + searched;
        }
    }

    private int contentLength() throws IOException {
        int length = 0;
        for (int at = start; at < bodyStart - 2; at++) {
            if (buffer[at] != '\n') {
                continue;
            }
            if (begins(at + 1, CONTENT_LENGTH)) {
                length = number(at + 1 + CONTENT_LENGTH.length);
            } else if (begins(at + 1, TRANSFER_ENCODING) || begins(at + 1, EXPECT)) {
                throw new IOException("Only plain bodies are read here, not those of: " + firstLine());
            }
        }
        return length;
    }

    private boolean begins(int at, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            byte is = buffer[at + i];
            if ((is >= 'A' && is <= 'Z' ? is + 32 : is) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private int number(int at) {
        int number = 0;
        for (int i = at; buffer[i] != '\r'; i++) {
            if (buffer[i] != ' ') {
                number = number * 10 + buffer[i] - '0';
            }
        }
        return number;
    }

    /// Reads at least one more byte behind what is there; false at the end of the connection.
    private boolean fill() throws IOException {
        if (filled == buffer.length) {
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, filled - start);
                bodyStart -= start;
                filled -= start;
                start = 0;
            } else {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            return false;
        }
        filled += read;
        return true;
    }
}

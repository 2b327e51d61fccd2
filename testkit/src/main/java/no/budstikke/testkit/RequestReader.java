package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Reads one HTTP/1.1 request after the other from a connection. One thread only.
final class RequestReader {

    private static final int LONGEST_HEAD = 1 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[16 * 1024];
    private int from;
    private int to;

    RequestReader(InputStream in) {
        this.in = in;
    }

    /// The next request's head; empty when the other side closed the connection between two requests.
    Optional<RequestHead> readHead() throws IOException {
        int searched = 0;
        while (true) {
            int end = endOfHead(from + searched);
            if (end >= 0) {
                String text = new String(buffer, from, end - from, ISO_8859_1);
                from = end + 4;
                try {
                    return Optional.of(RequestHead.parse(text));
                } catch (IllegalArgumentException e) {
                    throw new IOException("The other side does not speak HTTP", e);
                }
            }
            searched = Math.max(0, to - from - 3);
            if (!fill()) {
                if (from == to) {
                    return Optional.empty();
                }
                throw new EOFException("The connection ended within a request's head");
            }
        }
    }

    byte[] readBody(RequestHead head) throws IOException {
        return head.chunked() ? readChunks() : readExactly(head.contentLength());
    }

    private byte[] readChunks() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            String size = readLine();
            int extension = size.indexOf(';');
            int length = Integer.parseInt((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
            if (length == 0) {
                break;
            }
            body.write(readExactly(length));
            readLine();
        }
        while (!readLine().isEmpty()) {
            // Trailers are of no interest.
        }
        return body.toByteArray();
    }

    private byte[] readExactly(int length) throws IOException {
        byte[] bytes = new byte[length];
        int had = Math.min(length, to - from);
        System.arraycopy(buffer, from, bytes, 0, had);
        from += had;
        if (in.readNBytes(bytes, had, length - had) < length - had) {
            throw new EOFException("The connection ended within a request's body");
        }
        return bytes;
    }

    private String readLine() throws IOException {
        int length = 0;
        while (true) {
            for (; from + length < to; length++) {
                if (buffer[from + length] == '\n') {
                    String line = new String(buffer, from, length, ISO_8859_1).stripTrailing();
                    from += length + 1;
                    return line;
                }
            }
            if (!fill()) {
                throw new EOFException("The connection ended within a chunk");
            }
        }
    }

    private int endOfHead(int start) {
        for (int i = start; i + 3 < to; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /// Reads what is there, at least one byte; false at the end of the connection.
    private boolean fill() throws IOException {
        if (from == to) {
            from = 0;
            to = 0;
        } else if (to == buffer.length) {
            if (from > 0) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
            } else if (buffer.length < LONGEST_HEAD) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            } else {
                throw new IOException("A request's head is longer than " + LONGEST_HEAD + " bytes");
            }
        }
        int read = in.read(buffer, to, buffer.length - to);
        if (read < 0) {
            return false;
        }
        to += read;
        return true;
    }
}

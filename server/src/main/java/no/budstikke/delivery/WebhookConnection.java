package no.budstikke.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A connection to an endpoint's machine, kept for further requests. HTTP/1.1 as a delivery needs it:
/// one request is one write, and nothing runs while the connection is idle. For one thread at a time;
/// only [#abort] may come from another.
final class WebhookConnection {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /// What a connection leads to.
    ///
    /// @param host as in the address: a name, or an address, with brackets when it has colons
    record Origin(boolean tls, String host, int port) {

        static Origin of(URI endPoint) {
            boolean tls = "https".equalsIgnoreCase(endPoint.getScheme());
            int standard = tls ? 443 : 80;
            return new Origin(
                    tls,
                    endPoint.getHost().toLowerCase(Locale.ROOT),
                    endPoint.getPort() < 0 ? standard : endPoint.getPort());
        }
    }

    private final Origin origin;
    private final Socket wire = new Socket();
    private Socket socket = wire;
    private long idleSince;

    WebhookConnection(Origin origin) {
        this.origin = origin;
    }

    /// @param address of the origin's host
    /// @param tls checks the certificate, and that it is for this host
    void connect(InetAddress address, SSLSocketFactory tls) throws IOException {
        wire.setOption(StandardSocketOptions.TCP_NODELAY, true);
        wire.connect(new InetSocketAddress(address, origin.port()), (int) CONNECT.toMillis());
        if (origin.tls()) {
            String name = origin.host().startsWith("[")
                    ? origin.host().substring(1, origin.host().length() - 1)
                    : origin.host();
            var secured = (SSLSocket) tls.createSocket(wire, name, origin.port(), true);
            socket = secured;
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// @throws WebhookAnswer.NoAnswer when the endpoint had closed the connection, or closes it now
    /// @throws IOException when the connection breaks, or was aborted
    WebhookAnswer exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        return WebhookAnswer.read(socket.getInputStream());
    }

    Origin origin() {
        return origin;
    }

    /// In `System.nanoTime()`.
    long idleSince() {
        return idleSince;
    }

    void idleFrom(long nanos) {
        idleSince = nanos;
    }

    void close() {
        closeQuietly(socket);
    }

    /// Ends whatever another thread waits for on this connection. Closes what lies below TLS: its own
    /// farewell could have to wait for the endpoint.
    void abort() {
        closeQuietly(wire);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is of no use any more, either way.
        }
    }

    /// The bytes of a request: head and body.
    static byte[] request(WebhookRequest request) {
        URI endPoint = request.endPoint();
        String path = endPoint.getRawPath();
        var head = new StringBuilder(256).append("POST ").append(path == null || path.isEmpty() ? "/" : path);
        if (endPoint.getRawQuery() != null) {
            head.append('?').append(endPoint.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(endPoint.getHost());
        if (endPoint.getPort() >= 0) {
            head.append(':').append(endPoint.getPort());
        }
        field(head.append("\r\n"), "Content-Type", request.contentType());
        field(head, "Content-Length", Integer.toString(request.body().length));
        request.traceparent().ifPresent(traceparent -> field(head, "traceparent", traceparent));
        head.append("\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        var whole = new byte[start.length + request.body().length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(request.body(), 0, whole, start.length, request.body().length);
        return whole;
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
}

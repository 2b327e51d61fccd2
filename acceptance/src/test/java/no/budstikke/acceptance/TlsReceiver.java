package no.budstikke.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A webhook on 127.0.0.1 that speaks TLS and lets nobody in without a client certificate. Answers 200,
/// one request a connection.
final class TlsReceiver implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final SSLServerSocket door;
    private final Queue<Got> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();

    /// @param client the subject of the client's certificate
    record Got(String client, String head, String body) {}

    TlsReceiver(SSLContext tls) {
        try {
            door = (SSLServerSocket)
                    tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException("no TLS receiver", e);
        }
        door.setNeedClientAuth(true);
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) door.accept();
                Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException _) {
                // Closed.
            }
        }
    }

    private void talk(SSLSocket socket) {
        try (socket) {
            socket.startHandshake();
            String client = socket.getSession().getPeerPrincipal().getName();
            InputStream in = socket.getInputStream();
            var head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("ended");
                }
                head.write(next);
            }
            Matcher length = LENGTH.matcher(head.toString(ISO_8859_1));
            String body = length.find() ? new String(in.readNBytes(Integer.parseInt(length.group(1))), UTF_8) : "";
            requests.add(new Got(client, head.toString(ISO_8859_1), body));
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
        } catch (IOException _) {
            refused.incrementAndGet();
        }
    }

    String url() {
        return "https://127.0.0.1:" + door.getLocalPort() + "/hook";
    }

    Queue<Got> requests() {
        return requests;
    }

    /// Connections that came to nothing.
    int refused() {
        return refused.get();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}

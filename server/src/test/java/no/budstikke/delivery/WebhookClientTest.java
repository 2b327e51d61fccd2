package no.budstikke.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookClientTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final HostNames names = new HostNames(InetAddress::getAllByName);
    private Endpoint endpoint = Endpoint.plain();

    @AfterEach
    void close() throws IOException {
        names.close();
        endpoint.close();
    }

    @Test
    void the_request_is_the_body_with_what_HTTP_needs_and_nothing_else() {
        endpoint.answers(OK);
        try (WebhookClient client = client(PATIENT)) {
            var request = new WebhookRequest(
                    1,
                    URI.create(endpoint.address() + "/hook/%C3%A6?code=a%26b&x=1#here"),
                    "id",
                    WebhookRequest.ONE_EVENT,
                    "{\"name\":\"blåbær\"}".getBytes(UTF_8),
                    Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
            assertThat(client.post(request)).isEqualTo(new Outcome.Accepted(200));
        }
        assertThat(endpoint.request()).isEqualTo("""
                POST /hook/%%C3%%A6?code=a%%26b&x=1 HTTP/1.1
                Host: 127.0.0.1:%d
                Content-Length: 19
                Content-Type: application/json; charset=utf-8
                webhook-id: id
                webhook-timestamp: 1
                webhook-signature: v1,none
                traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01

                {"name":"blåbær"}""".formatted(endpoint.port()).replace("\n", "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200\r\ncontent-length:0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwell\r\nA\r\n, received\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
            })
    void a_connection_is_used_again_after_an_answer_that_has_ended(String answer) {
        endpoint.answers(answer, answer);
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isInstanceOf(Outcome.Accepted.class);
            assertThat(post(client)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(endpoint.connections).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nand more than it said",
            })
    void a_connection_that_may_not_be_used_again_is_not(String answer) {
        endpoint.answers(answer, answer);
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isInstanceOf(Outcome.Accepted.class);
            assertThat(post(client)).isInstanceOf(Outcome.Accepted.class);
        }
        assertThat(endpoint.connections).hasValue(2);
    }

    /// Spec: events §6.2, §16 48.
    @Test
    void any_2xx_is_success_and_everything_else_a_failure_with_what_was_said() {
        for (int status : new int[] {200, 201, 202, 203, 206, 208, 226, 299}) {
            assertThat(answered(status)).isEqualTo(new Outcome.Accepted(status, "said"));
        }
        for (int status : new int[] {300, 302, 307, 400, 401, 403, 404, 409, 410, 415, 429, 499, 500, 503, 599}) {
            assertThat(answered(status)).isEqualTo(new Outcome.Rejected(status, "said", Optional.empty()));
        }
    }

    private Outcome answered(int status) {
        endpoint.answers("HTTP/1.1 %d Whatever\r\nContent-Length: 4\r\n\r\nsaid".formatted(status));
        try (WebhookClient client = client(PATIENT)) {
            return post(client);
        }
    }

    @Test
    void an_answer_may_end_with_its_connection() {
        endpoint.answers("HTTP/1.1 500 Oh\r\n\r\nno length" + Endpoint.CLOSE);
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isEqualTo(new Outcome.Rejected(500, "no length", Optional.empty()));
        }
    }

    @Test
    void a_refusal_tells_its_beginning_and_when_to_try_again() {
        String answer = "no ".repeat(1_000);
        endpoint.answers("HTTP/1.1 503 Busy\r\nRETRY-AFTER: 120\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(answer.length(), answer));
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client))
                    .isEqualTo(new Outcome.Rejected(503, answer.substring(0, 2_048), Optional.of("120")));
        }
    }

    @Test
    void what_follows_the_first_64_kB_of_an_answer_is_not_waited_for() {
        endpoint.answers("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + "x".repeat(70_000));
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200, "x".repeat(2_048)));
        }
    }

    @Test
    void what_an_endpoint_says_when_it_accepts_is_kept() {
        endpoint.answers(
                "HTTP/1.1 202 Accepted\r\nContent-Length: 6\r\n\r\nthanks",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7\r\n second\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(202, "thanks"));
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200, "first second"));
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200, ""));
        }
        assertThat(endpoint.connections).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nseven\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf" + Endpoint.CLOSE,
                "HTTP/1.1 200 OK\r\nContent-" + Endpoint.CLOSE,
                Endpoint.CLOSE,
            })
    void what_is_no_whole_answer_is_a_failure(String answer) {
        endpoint.answers(answer);
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isInstanceOf(Outcome.Unreachable.class);
        }
    }

    @Test
    void a_kept_connection_that_the_endpoint_has_closed_is_replaced_at_once() {
        endpoint.answers(OK + Endpoint.CLOSE, OK);
        try (WebhookClient client = client(PATIENT)) {
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200));
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200));
        }
        assertThat(endpoint.connections).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow"})
    void an_answer_that_does_not_come_to_its_end_in_time_is_given_up(String answer) {
        endpoint.answers(answer, OK);
        try (WebhookClient client = client(Duration.ofMillis(200))) {
            assertThat(post(client)).isEqualTo(new Outcome.TimedOut());
            // The next attempt has its own time and its own connection.
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200));
        }
    }

    @Test
    void an_address_that_is_barred_is_not_connected_to() {
        try (WebhookClient client = new WebhookClient(new EndpointGuard(false, names), PATIENT, 4, Unsigned.SENDING)) {
            assertThat(post(client)).isInstanceOf(Outcome.Barred.class);
        }
        assertThat(endpoint.connections).hasValue(0);
    }

    @Test
    void the_certificate_must_be_trusted_and_for_the_host(@TempDir Path files) throws Exception {
        SSLContext known = certificate(files, "san=ip:127.0.0.1");
        SSLContext elsewhere = certificate(files, "san=dns:elsewhere.example");
        secured(known).answers(OK, OK);
        try (WebhookClient client = new WebhookClient(
                new EndpointGuard(true, names), PATIENT, 4, Unsigned.SENDING, known.getSocketFactory())) {
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200));
            assertThat(post(client)).isEqualTo(new Outcome.Accepted(200));
        }
        assertThat(endpoint.connections).hasValue(1);
        for (SSLSocketFactory trust :
                List.of(elsewhere.getSocketFactory(), (SSLSocketFactory) SSLSocketFactory.getDefault())) {
            secured(elsewhere).answers(OK);
            try (WebhookClient client =
                    new WebhookClient(new EndpointGuard(true, names), PATIENT, 4, Unsigned.SENDING, trust)) {
                assertThat(post(client)).isInstanceOf(Outcome.Unreachable.class);
            }
        }
    }

    private Endpoint secured(SSLContext identity) throws IOException {
        endpoint.close();
        endpoint = Endpoint.secured(identity);
        return endpoint;
    }

    private Outcome post(WebhookClient client) {
        return client.post(new WebhookRequest(
                1,
                URI.create(endpoint.address() + "/"),
                "id",
                WebhookRequest.ONE_EVENT,
                "{}".getBytes(UTF_8),
                Optional.empty()));
    }

    private WebhookClient client(Duration timeout) {
        return new WebhookClient(new EndpointGuard(true, names), timeout, 4, Unsigned.SENDING);
    }

    /// A context that has a new certificate, and trusts it.
    private static SSLContext certificate(Path files, String extension) throws Exception {
        Path store = Files.createTempDirectory(files, "tls").resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "it",
                        "-dname",
                        "CN=it",
                        "-ext",
                        extension,
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "secret",
                        "-storetype",
                        "PKCS12")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "secret".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("it", keys.getCertificate("it"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /// Gives one prepared answer to each request, byte by byte what it is told, and then says nothing.
    private static final class Endpoint implements AutoCloseable {

        /// At the end of an answer: the connection is closed.
        static final String CLOSE = "\0";

        private final ServerSocket door;
        private final String scheme;
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        private final AtomicInteger connections = new AtomicInteger();

        private Endpoint(ServerSocket door, String scheme) {
            this.door = door;
            this.scheme = scheme;
            Thread.ofVirtual().start(this::accept);
        }

        static Endpoint plain() {
            try {
                return new Endpoint(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), "http");
            } catch (IOException e) {
                throw new IllegalStateException("no port", e);
            }
        }

        static Endpoint secured(SSLContext identity) throws IOException {
            return new Endpoint(
                    identity.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")),
                    "https");
        }

        void answers(String... prepared) {
            answers.addAll(List.of(prepared));
        }

        String address() {
            return scheme + "://127.0.0.1:" + port();
        }

        int port() {
            return door.getLocalPort();
        }

        String request() {
            return requests.remove();
        }

        private void accept() {
            while (!door.isClosed()) {
                try {
                    Socket socket = door.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException _) {
                    // Closed.
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                InputStream in = socket.getInputStream();
                for (String request = read(in); request != null; request = read(in)) {
                    requests.add(request);
                    String answer = answers.poll();
                    if (answer == null) {
                        continue;
                    }
                    socket.getOutputStream().write(answer.replace(CLOSE, "").getBytes(ISO_8859_1));
                    if (answer.endsWith(CLOSE)) {
                        return;
                    }
                }
            } catch (IOException _) {
                // The client has left.
            }
        }

        private static @Nullable String read(InputStream in) throws IOException {
            var head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.append((char) next);
            }
            int length = Integer.parseInt(head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
            return head + new String(in.readNBytes(length), UTF_8);
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}

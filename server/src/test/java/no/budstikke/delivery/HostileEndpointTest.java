package no.budstikke.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What endpoints may do to us: as little as possible.
class HostileEndpointTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final int A_LOT = 64 * 1024 * 1024;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() throws Exception {
        threads.shutdownNow();
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private WebhookClient client(Duration timeout) {
        return client(InetAddress::getAllByName, timeout);
    }

    private WebhookClient client(HostNames.Lookup lookup, Duration timeout) {
        HostNames names = keep(new HostNames(lookup));
        return keep(new WebhookClient(new EndpointGuard(true, names), timeout, 4, Unsigned.SENDING));
    }

    /// On a virtual thread, as deliveries are.
    private Future<Outcome> begin(WebhookClient client, String endPoint) {
        return threads.submit(() -> client.post(new WebhookRequest(
                1, URI.create(endPoint), "id", WebhookRequest.ONE_EVENT, "{}".getBytes(UTF_8), Optional.empty())));
    }

    private Outcome post(WebhookClient client, String endPoint) throws InterruptedException, ExecutionException {
        return begin(client, endPoint).get();
    }

    /// What a receiver does with each connection, in its own thread, until it is closed.
    private interface Behaviour {

        void of(Socket socket) throws IOException, InterruptedException;
    }

    private final class Receiver implements AutoCloseable {

        final ServerSocket door = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        final AtomicInteger connections = new AtomicInteger();
        final List<Socket> open = java.util.Collections.synchronizedList(new ArrayList<>());

        Receiver(Behaviour behaviour) throws IOException {
            threads.execute(() -> accept(behaviour));
        }

        private void accept(Behaviour behaviour) {
            while (!door.isClosed()) {
                try {
                    Socket socket = door.accept();
                    connections.incrementAndGet();
                    open.add(socket);
                    threads.execute(() -> serve(socket, behaviour));
                } catch (IOException _) {
                    // Closed.
                }
            }
        }

        private static void serve(Socket socket, Behaviour behaviour) {
            try (socket) {
                behaviour.of(socket);
            } catch (IOException _) {
                // The other side has left.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        String url(String scheme, String host) {
            return scheme + "://" + host + ":" + door.getLocalPort() + "/hook";
        }

        String url() {
            return url("http", "127.0.0.1");
        }

        @Override
        public void close() throws IOException {
            door.close();
            for (Socket socket : List.copyOf(open)) {
                socket.close();
            }
        }
    }

    private Receiver receiver(Behaviour behaviour) throws IOException {
        return keep(new Receiver(behaviour));
    }

    /// Reads a request whose body is `{}`.
    private static String request(Socket socket) throws IOException {
        var read = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!read.toString(ISO_8859_1).endsWith("\r\n\r\n{}")) {
            int next = in.read();
            if (next < 0) {
                throw new SocketException("ended");
            }
            read.write(next);
        }
        return read.toString(ISO_8859_1);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static void forEver(Socket socket, AtomicLong sent, String again) throws IOException {
        byte[] bytes = again.getBytes(ISO_8859_1);
        OutputStream out = socket.getOutputStream();
        while (sent.get() < 16L * A_LOT) {
            out.write(bytes);
            sent.addAndGet(bytes.length);
        }
    }

    // --- where to ---

    @Test
    void the_connection_goes_to_the_address_that_was_checked() throws Exception {
        Receiver receiver = receiver(socket -> {
            while (true) {
                request(socket);
                write(socket, OK);
            }
        });
        var asked = new AtomicInteger();
        // The first answer is good; whoever asked again would get one that leads inside.
        WebhookClient client = client(
                _ -> new InetAddress[] {
                    InetAddress.ofLiteral(asked.incrementAndGet() == 1 ? "127.0.0.1" : "10.255.255.1")
                },
                LONG);

        assertThat(post(client, receiver.url("http", "flips.example"))).isEqualTo(new Outcome.Accepted(200));
        assertThat(asked).hasValue(1);
        assertThat(post(client, receiver.url("http", "flips.example"))).isEqualTo(new Outcome.Accepted(200));
        assertThat(receiver.connections).hasValue(1);
    }

    @Test
    void a_bad_answer_is_not_asked_for_a_better_one() throws Exception {
        Receiver receiver = receiver(socket -> write(socket, OK));
        var asked = new AtomicInteger();
        WebhookClient client = client(
                _ -> new InetAddress[] {
                    InetAddress.ofLiteral(asked.incrementAndGet() == 1 ? "169.254.169.254" : "127.0.0.1")
                },
                LONG);

        assertThat(post(client, receiver.url("http", "flips.example")))
                .isEqualTo(new Outcome.Barred("webhooks are not sent to flips.example (169.254.169.254)"));
        assertThat(receiver.connections).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1@inside.example:%d/",
                "http://user:secret@inside.example:%d/",
                "http://inside.example:%d/?@x"
            })
    void a_user_name_is_not_taken_for_the_host_nor_sent(String form) throws Exception {
        var seen = new ArrayList<String>();
        Receiver receiver = receiver(socket -> {
            seen.add(request(socket));
            write(socket, OK);
        });
        var asked = new ArrayList<String>();
        WebhookClient client = client(
                host -> {
                    asked.add(host);
                    return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
                },
                LONG);

        post(client, form.formatted(receiver.door.getLocalPort()));

        assertThat(asked).containsExactly("inside.example");
        assertThat(seen)
                .singleElement()
                .asString()
                .contains("\r\nHost: inside.example:" + receiver.door.getLocalPort() + "\r\n")
                .doesNotContain("secret");
    }

    @Test
    void redirects_are_not_followed() throws Exception {
        Receiver trap = receiver(socket -> write(socket, OK));
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(
                    socket,
                    "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: " + trap.url() + "\r\n\r\n");
        });

        assertThat(post(client(LONG), receiver.url())).isEqualTo(new Outcome.Rejected(307, "", Optional.empty()));
        assertThat(trap.connections).hasValue(0);
    }

    @Test
    void a_proxy_of_the_environment_is_not_used() throws Exception {
        Receiver proxy = receiver(socket -> write(socket, OK));
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, OK);
        });
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", Integer.toString(proxy.door.getLocalPort()));
        try {
            WebhookClient client = client(_ -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")}, LONG);

            assertThat(post(client, receiver.url("http", "outside.example"))).isEqualTo(new Outcome.Accepted(200));
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
        assertThat(proxy.connections).hasValue(0);
        assertThat(receiver.connections).hasValue(1);
    }

    // --- how long ---

    @Test
    void an_endpoint_that_says_nothing_is_given_up() throws Exception {
        Receiver receiver = receiver(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));

        assertThat(post(client(SHORT), receiver.url())).isEqualTo(new Outcome.TimedOut());
        await().untilAsserted(() -> assertThat(receiver.open).allMatch(Socket::isClosed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 O",
                "HTTP/1.1 200 OK\r\nX: ",
                "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
                "HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n"
            })
    void an_endpoint_that_drips_is_cut_off_at_the_total_time(String begin) throws Exception {
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, begin);
            while (true) {
                write(socket, "x");
                Thread.sleep(20);
            }
        });

        assertThat(post(client(SHORT), receiver.url())).isEqualTo(new Outcome.TimedOut());
    }

    @Test
    void a_tls_handshake_that_never_begins_or_never_ends_is_cut_off() throws Exception {
        Receiver silent = receiver(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
        Receiver dripping = receiver(socket -> {
            socket.getOutputStream().write(new byte[] {0x16, 3, 3, 0x3f, 0, 2, 0, 0x3e, (byte) 0xfc});
            while (true) {
                socket.getOutputStream().write(3);
                Thread.sleep(20);
            }
        });
        WebhookClient client = client(SHORT);

        assertThat(post(client, silent.url("https", "127.0.0.1"))).isEqualTo(new Outcome.TimedOut());
        assertThat(post(client, dripping.url("https", "127.0.0.1"))).isEqualTo(new Outcome.TimedOut());
    }

    @Test
    void name_servers_that_do_not_answer_hold_up_nobody_else() throws Exception {
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, OK);
        });
        var end = new CountDownLatch(1);
        HostNames.Lookup names = host -> {
            if (host.equals("silent.example")) {
                awaitUninterruptibly(end);
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        };
        try {
            WebhookClient patient = client(names, LONG);
            WebhookClient client = client(names, SHORT);
            var waiting = new ArrayList<Future<Outcome>>();
            for (int i = 0; i < 8; i++) {
                waiting.add(begin(client, "http://silent.example/"));
            }

            assertThat(post(patient, receiver.url("http", "good.example"))).isEqualTo(new Outcome.Accepted(200));
            for (Future<Outcome> each : waiting) {
                assertThat(each.get()).isEqualTo(new Outcome.TimedOut());
            }
        } finally {
            end.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // --- how much ---

    @Test
    void an_answer_without_end_is_read_to_a_limit() throws Exception {
        var sent = new AtomicLong();
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
            forEver(socket, sent, "1000\r\n" + "more".repeat(1024) + "\r\n");
        });

        assertThat(post(client(LONG), receiver.url()))
                .isEqualTo(new Outcome.Rejected(500, "more".repeat(512), Optional.empty()));
        await().untilAsserted(() -> assertThat(receiver.open).allMatch(Socket::isClosed));
        assertThat(sent.get()).isLessThan(A_LOT);
    }

    @Test
    void a_character_that_no_database_text_may_hold_is_left_out_of_an_answer() throws Exception {
        for (int status : new int[] {200, 400}) {
            Receiver receiver = receiver(socket -> {
                request(socket);
                write(socket, "HTTP/1.1 " + status + " Said\r\nContent-Length: 7\r\n\r\nthan\0ks");
            });
            assertThat(post(client(LONG), receiver.url()).explanation()).contains("thanks");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n"
            })
    void neither_is_one_that_announces_gigabytes(String begin) throws Exception {
        var sent = new AtomicLong();
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, begin);
            forEver(socket, sent, "x".repeat(8192));
        });

        assertThat(post(client(LONG), receiver.url())).isEqualTo(new Outcome.Accepted(200, "x".repeat(2_048)));
        await().untilAsserted(() -> assertThat(receiver.open).allMatch(Socket::isClosed));
        assertThat(sent.get()).isLessThan(A_LOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n", "no HTTP at all "})
    void a_head_without_end_is_an_answer_that_never_came(String begin) throws Exception {
        var sent = new AtomicLong();
        Receiver receiver = receiver(socket -> {
            request(socket);
            write(socket, begin);
            forEver(socket, sent, begin.endsWith("\n") ? "X-More: more\r\n".repeat(100) : "x".repeat(8192));
        });

        assertThat(post(client(LONG), receiver.url())).isInstanceOf(Outcome.Unreachable.class);
        await().untilAsserted(() -> assertThat(receiver.open).allMatch(Socket::isClosed));
        assertThat(sent.get()).isLessThan(A_LOT);
    }

    @Test
    void a_compressed_answer_stays_compressed() throws Exception {
        var bomb = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 64; i++) {
                gzip.write(new byte[1024 * 1024]);
            }
        }
        var seen = new ArrayList<String>();
        Receiver receiver = receiver(socket -> {
            seen.add(request(socket));
            write(socket, "HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.size() + "\r\n\r\n");
            socket.getOutputStream().write(bomb.toByteArray());
        });

        assertThat(post(client(LONG), receiver.url())).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.status()).isEqualTo(500);
            assertThat(rejected.answer()).startsWith("\u001f").hasSizeLessThanOrEqualTo(2_048);
        });
        assertThat(seen.getFirst().toLowerCase(java.util.Locale.ROOT)).doesNotContain("accept-encoding");
    }
}

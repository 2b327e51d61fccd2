package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WebhookTest {

    private Webhook webhook;
    private HttpClient client;

    @BeforeEach
    void start() {
        webhook = Webhook.start();
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterEach
    void stop() {
        webhook.close();
        client.shutdownNow();
    }

    @Test
    void a_request_is_recorded_as_it_was_sent() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(webhook.url("/a/path?code=KEY%20")))
                .header("X-Thing", "one")
                .header("x-thing", "two")
                .POST(BodyPublishers.ofString("{\"id\":\"blåbær\"}"))
                .build();

        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        Received received = webhook.requests().getFirst();
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.target()).isEqualTo("/a/path?code=KEY%20");
        assertThat(received.path()).isEqualTo("/a/path");
        assertThat(received.headers().get("X-THING")).containsExactly("one", "two");
        assertThat(received.header("host")).hasValue("127.0.0.1:" + webhook.port());
        assertThat(received.text()).isEqualTo("{\"id\":\"blåbær\"}");
        assertThat(received.json().path("id").asText()).isEqualTo("blåbær");
        assertThat(received.connection()).isEqualTo(1);
    }

    @Test
    void a_connection_is_kept_and_can_carry_pipelined_requests() throws Exception {
        try (var socket = connect()) {
            String one = "POST /1 HTTP/1.1\r\nHost: x\r\ncontent-length: 2\r\n\r\n{}";
            String chunked = """
                    POST /2 HTTP/1.1
                    Host: x
                    Transfer-Encoding: chunked

                    3;ext=1
                    {"a
                    5
                    ": 1}
                    0
                    Trailer: t

                    """.replace("\n", "\r\n");
            String last = "POST /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast";
            socket.getOutputStream().write((one + chunked + last).getBytes(ISO_8859_1));

            String answers = readAll(socket.getInputStream());

            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(webhook.requests()).extracting(Received::text).containsExactly("{}", "{\"a\": 1}", "last");
            assertThat(webhook.requests()).extracting(Received::connection).containsOnly(1);
        }
    }

    @Test
    void a_body_larger_than_every_buffer_arrives_whole() throws Exception {
        String body = "{\"data\":\"" + "x".repeat(3_000_000) + "\"}";

        post("/", body);
        client.send(
                HttpRequest.newBuilder(URI.create(webhook.url("/")))
                        .expectContinue(true)
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(UTF_8))))
                        .build(),
                BodyHandlers.ofString());

        assertThat(webhook.requests()).extracting(Received::text).containsExactly(body, body);
    }

    @Test
    void a_head_longer_than_the_buffer_arrives_whole() throws Exception {
        String value = "v".repeat(100_000);
        try (var socket = connect()) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nLong: " + value + "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            readAll(socket.getInputStream());
        }
        assertThat(webhook.requests().getFirst().header("long")).hasValue(value);
    }

    @Test
    void answers_for_the_next_requests_come_before_the_standing_one() throws Exception {
        webhook.answer(204).answerNext(2, 500).answerNext(1, Answer.retryAfter(7));

        assertThat(post("/", "{}").statusCode()).isEqualTo(500);
        assertThat(post("/", "{}").statusCode()).isEqualTo(500);
        HttpResponse<String> third = post("/", "{}");
        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(post("/", "{}").statusCode()).isEqualTo(204);
    }

    @Test
    void an_answer_can_depend_on_the_request() throws Exception {
        webhook.answer(request -> request.isValidation() ? Answer.ok() : Answer.status(400, "no: " + request.text()));

        assertThat(post("/", "{\"type\":\"platform.events.validatesubscription\"}")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> other = post("/", "{\"type\":\"other\"}");
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(other.body()).isEqualTo("no: {\"type\":\"other\"}");
    }

    @Test
    void redirect_gone_and_chunks_are_proper_answers() throws Exception {
        webhook.answerNext(1, Answer.redirect("http://127.0.0.1:1/"))
                .answerNext(1, Answer.gone())
                .answerNext(1, Answer.chunked("some ", "chunks"));

        HttpResponse<String> redirect = post("/", "{}");
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("location")).hasValue("http://127.0.0.1:1/");
        assertThat(post("/", "{}").statusCode()).isEqualTo(410);
        assertThat(post("/", "{}").body()).isEqualTo("some chunks");
        assertThat(webhook.connections()).isEqualTo(1);
    }

    @RepeatedTest(20)
    void a_refusing_webhook_drops_its_connections_and_comes_back_on_the_same_port() throws Exception {
        post("/", "{}");
        webhook.answer(new Answer.RefuseConnection());

        assertThatThrownBy(() -> post("/", "{}")).isInstanceOf(ConnectException.class);
        assertThatIOException().isThrownBy(() -> connect().close());

        webhook.answer(201);
        assertThat(post("/", "{}").statusCode()).isEqualTo(201);
        assertThat(webhook.requests()).hasSize(2);
    }

    @Test
    void a_receiver_that_closes_without_an_answer_has_read_the_request() {
        webhook.answer(new Answer.CloseWithoutAnswer());

        assertThatIOException().isThrownBy(() -> exchange("{\"id\":\"1\"}"));

        assertThat(webhook.events()).hasSize(1);
    }

    @Test
    void half_an_answer_ends_before_its_body_does() throws Exception {
        webhook.answer(new Answer.HalfAnswer(200));

        assertThat(exchange("{}"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-Length: 1000\r\n")
                .endsWith("\r\n\r\nonly the begin");
    }

    @Test
    void junk_is_not_http() throws Exception {
        webhook.answer(new Answer.Junk());

        assertThat(exchange("{}")).isNotEmpty().doesNotContain("HTTP/1.1");
        assertThatIOException().isThrownBy(() -> post("/", "{}"));
    }

    @Test
    void an_early_answer_comes_while_the_body_is_still_on_its_way() throws Exception {
        webhook.answer(new Answer.EarlyAnswer(200));
        try (var socket = connect()) {
            socket.getOutputStream().write("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n".getBytes(ISO_8859_1));

            assertThat(readAll(socket.getInputStream()))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Connection: close");
        }
        assertThat(webhook.requests()).hasSize(1);
        assertThat(webhook.events()).isEmpty();
    }

    @Test
    void a_receiver_that_reads_nothing_takes_the_connection_only() throws Exception {
        webhook.answer(new Answer.ReadNothing());
        try (var socket = connect()) {
            socket.setSoTimeout(200);
            socket.getOutputStream().write("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(webhook.connections()).isEqualTo(1);
            assertThat(webhook.requests()).isEmpty();
        }
    }

    @Test
    void a_never_ending_answer_goes_on_until_the_reader_leaves() throws Exception {
        webhook.answer(new Answer.NeverEnding(200));
        try (var socket = connect()) {
            socket.getOutputStream().write("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));

            assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
        }
    }

    @Test
    void a_slow_answer_comes_byte_by_byte() throws Exception {
        webhook.answer(Answer.slowLoris(Duration.ofMillis(1)));

        assertThat(post("/", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void hanging_ends_with_the_wait_or_with_the_webhook() throws Exception {
        webhook.answerNext(1, Answer.hang(Duration.ofMillis(20)));
        assertThat(post("/", "{}").statusCode()).isEqualTo(200);

        webhook.answer(Answer.hang(Duration.ofHours(1)));
        var request = CompletableFuture.supplyAsync(() -> {
            try {
                return exchange("{}");
            } catch (IOException e) {
                return e.getMessage();
            }
        });
        webhook.awaitCount(2);
        webhook.close();

        assertThat(request.get()).doesNotContain("HTTP/1.1");
    }

    @Test
    void validation_events_are_kept_apart_from_events() throws Exception {
        post("/mine", "{\"id\":\"v\",\"type\":\"platform.events.validatesubscription\"}");
        post("/mine", "{\"id\":\"1\",\"type\":\"t\"}");
        post("/other", "{\"id\":\"2\",\"type\":\"t\"}");

        assertThat(webhook.awaitEvents(2))
                .extracting(event -> event.path("id").asText())
                .containsExactly("1", "2");
        assertThat(webhook.eventsAt("/mine")).hasSize(1);
        assertThat(webhook.validations()).hasSize(1);
        assertThat(webhook.awaitEventWithId("2").path("type").asText()).isEqualTo("t");
        assertThat(webhook.deliveries()).isEqualTo(Map.of("1", 1, "2", 1));
    }

    @Test
    void waiting_in_vain_ends_with_an_error_that_shows_what_came() throws Exception {
        post("/somewhere", "{\"id\":\"1\"}");

        assertThatThrownBy(() -> webhook.patience(Duration.ofMillis(50)).awaitEventWithId("2"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("id 2")
                .hasMessageContaining("POST /somewhere {\"id\":\"1\"}");
    }

    @Test
    void a_counting_webhook_keeps_ids_and_counts_only() throws Exception {
        try (var counting = Webhook.counting()) {
            for (String body : new String[] {
                "{\"data\":{\"id\":\"inner\"},\"id\":\"a\",\"type\":\"t\"}",
                "{\"id\":\"a\",\"type\":\"t\"}",
                "{\"id\":\"b\",\"type\":\"t\"}",
                "{\"id\":\"v\",\"type\":\"platform.events.validatesubscription\"}"
            }) {
                client.send(
                        HttpRequest.newBuilder(URI.create(counting.url("/")))
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
            }

            assertThat(counting.count()).isEqualTo(4);
            assertThat(counting.deliveries()).isEqualTo(Map.of("a", 2, "b", 1));
            assertThatThrownBy(counting::requests).isInstanceOf(IllegalStateException.class);
        }
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(webhook.url(path)))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /// Sends one request on a connection of its own and reads until the other side closes; an error when
    /// nothing came.
    private String exchange(String body) throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream()
                    .write(("POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(ISO_8859_1));
            String answer = readAll(socket.getInputStream());
            if (answer.isEmpty()) {
                throw new SocketException("closed without an answer");
            }
            return answer;
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), webhook.port());
    }

    private static String readAll(InputStream in) throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }
}

package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.budstikke.acceptance.Program.Ended;
import no.budstikke.testkit.Answer;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `verify` finds every fault that there is, and none that there is not. Its server makes one attempt at
/// a time, so that nothing but the proxy can change the order.
class VerifyCommandTest {

    private static Budstikke server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        server = Budstikke.builder().setting("delivery.concurrency", 1).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void verify_finds_nothing_wrong_with_a_server_that_is_right() throws Exception {
        Ended ended = run(
                "verify",
                "--url",
                server.baseUrl(),
                "--events",
                "200",
                "--rate",
                "200",
                "--resource",
                Parties.resource(4));
        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.out()).contains("200 came", "Every event came once, and in order.");
    }

    /// The proxy loses event 5, repeats event 7, and hands on event 10 after event 14 of the same
    /// instance.
    @Test
    void verify_names_exactly_what_a_proxy_lost_repeated_and_swapped() throws Exception {
        int port = freePort();
        var held = new CompletableFuture<byte[]>();
        try (Webhook proxy = Webhook.start();
                HttpClient client = HttpClient.newHttpClient()) {
            proxy.answer(request -> through(client, port, held, request));
            Ended ended = run(
                    "verify",
                    "--address",
                    server.baseUrl(),
                    "--events",
                    "40",
                    "--instances",
                    "4",
                    "--rate",
                    "100",
                    "--timeout",
                    "3",
                    "--port",
                    Integer.toString(port),
                    "--endpoint",
                    proxy.url("/proxy"),
                    "--resource",
                    Parties.resource(4));
            assertThat(ended.exitCode()).as(ended.out() + ended.err()).isEqualTo(1);
            String run = first("Run (\\w+)", ended.out());
            assertThat(ended.out().lines().filter(line -> line.matches("  [a-z ]+: .*")))
                    .containsExactly(
                            "  lost: verify-%1$s-5 of %1$s-1".formatted(run),
                            "  repeated: verify-%1$s-7 of %1$s-3 came 2 times".formatted(run),
                            "  swapped: verify-%1$s-14 of %1$s-2 came before verify-%1$s-10 of %1$s-2".formatted(run));
            assertThat(ended.out()).contains("Something is wrong");
        }
    }

    private static Answer.AfterReading through(
            HttpClient client, int port, CompletableFuture<byte[]> held, Received request) {
        String id = request.json().path("id").asText();
        try {
            if (id.endsWith("-5")) {
                return Answer.status(200);
            }
            if (id.endsWith("-10")) {
                held.complete(request.body());
                return Answer.status(200);
            }
            int status = handOn(client, port, request.body());
            if (id.endsWith("-7")) {
                handOn(client, port, request.body());
            }
            if (id.endsWith("-14")) {
                handOn(client, port, held.get());
            }
            return Answer.status(status);
        } catch (Exception e) {
            return Answer.status(502);
        }
    }

    private static int handOn(HttpClient client, int port, byte[] body) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/verify"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    private Ended run(String... words) throws IOException, InterruptedException {
        return Program.run(directory, words);
    }
}

package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import no.budstikke.http.HttpServer;
import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;

/// A webhook that a command opens on this machine, with a subscription that sends to it for as long as
/// the command runs.
final class OwnWebhook implements AutoCloseable {

    private static final String VALIDATION = "platform.events.validatesubscription";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RemoteServer server;
    private final String token;
    private final HttpServer door;
    private final CountDownLatch validated = new CountDownLatch(1);
    private String subscription = "";

    /// What is done with an event.
    @FunctionalInterface
    interface Taker {

        /// Called by many threads.
        ///
        /// @param body exactly as it came
        /// @return the status that the sender is told
        int take(Request request, JsonNode event, byte[] body);
    }

    /// Listens; nothing comes before [#subscribe].
    ///
    /// @param port 0 for any free one
    OwnWebhook(RemoteServer server, String token, int port, Taker taker) {
        this.server = server;
        this.token = token;
        this.door = HttpServer.listen(new HttpServer.Listen("127.0.0.1", port, 50_000_000));
        door.serve(new Routes().add("POST", "/{any}", request -> answer(request, taker)));
    }

    int port() {
        return door.port();
    }

    private Reply answer(Request request, Taker taker) {
        byte[] body = request.body();
        JsonNode event;
        try {
            event = Json.SPARSE.readTree(body);
        } catch (IOException _) {
            return Reply.empty(400);
        }
        if (event.path("type").asText().equals(VALIDATION)) {
            validated.countDown();
            return Reply.empty(200);
        }
        return Reply.empty(taker.take(request, event, body));
    }

    /// Makes the subscription and waits until the server has found this webhook.
    ///
    /// @param wanted the subscription without its `endPoint`
    /// @param endPoint where the server reaches this webhook
    /// @return its id
    String subscribe(com.fasterxml.jackson.databind.node.ObjectNode wanted, String endPoint) {
        wanted.put("endPoint", endPoint);
        var answer = server.post(token, RemoteServer.SUBSCRIPTIONS, "application/json", wanted.toString());
        subscription = RemoteServer.json(answer).path("id").asText();
        try {
            if (!validated.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new CommandFailed("the server did not reach this command at " + endPoint + " within "
                        + PATIENCE.toSeconds() + " s, so no events can come");
            }
            awaitEffect();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
        return subscription;
    }

    /// The validation has been answered; the server notes that, and other nodes hear of it.
    private void awaitEffect() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String path = RemoteServer.SUBSCRIPTIONS + "/" + subscription;
        while (!RemoteServer.json(server.get(token, path)).path("validated").asBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailed("subscription " + subscription + " was not validated");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /// Removes the subscription and listens no more. A failure to remove it is told, not thrown.
    @Override
    public void close() {
        try {
            if (!subscription.isEmpty()) {
                server.delete(token, RemoteServer.SUBSCRIPTIONS + "/" + subscription);
            }
        } catch (CommandFailed e) {
            System.err.println("budstikke: subscription " + subscription + " could not be removed: " + e.getMessage());
        } finally {
            door.close();
        }
    }
}

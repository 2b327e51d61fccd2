package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import no.budstikke.http.HttpServer;
import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;

/// The webhooks of the demo: one path for each subscriber. Shows events as they come, and keeps them.
final class DemoReceiver implements AutoCloseable {

    private record Received(String subscriber, JsonNode event) {}

    private final PrintWriter out;
    private final HttpServer server;

    // Guarded by this.
    private final List<Received> received = new ArrayList<>();
    private final List<Received> unseen = new ArrayList<>();
    private int validations;
    private boolean silent;

    DemoReceiver(PrintWriter out) {
        this.out = out;
        this.server = HttpServer.listen(new HttpServer.Listen("127.0.0.1", 0, 1_000_000));
        server.serve(new Routes().add("POST", "/{subscriber}", this::receive));
    }

    String url(String subscriber) {
        return "http://127.0.0.1:" + server.port() + "/" + subscriber;
    }

    private Reply receive(Request request) {
        JsonNode event;
        try {
            event = Json.SPARSE.readTree(request.body());
        } catch (IOException e) {
            throw new UncheckedIOException("a webhook got something that is not JSON", e);
        }
        note(new Received(request.pathParameter("subscriber"), event));
        return Reply.empty(200);
    }

    private synchronized void note(Received next) {
        if (next.event().path("type").asText().equals("platform.events.validatesubscription")) {
            validations++;
        } else if (silent) {
            unseen.add(next);
        } else {
            received.add(next);
            out.printf(
                    "  %s  %-20s %-18s %s%n",
                    next.subscriber(),
                    DemoCommand.shortType(next.event()),
                    next.event().path("subject").asText(),
                    next.event());
            out.flush();
        }
        notifyAll();
    }

    /// From now on events are kept apart and not shown.
    synchronized void silence() {
        silent = true;
    }

    synchronized List<JsonNode> events(String subscriber) {
        return of(subscriber, received);
    }

    private static List<JsonNode> of(String subscriber, List<Received> all) {
        return all.stream()
                .filter(one -> one.subscriber().equals(subscriber))
                .map(Received::event)
                .toList();
    }

    void awaitValidation(int count, Duration patience) {
        await(() -> validations >= count, patience, "the validation of " + count + " subscriptions");
    }

    void await(String subscriber, int count, Duration patience) {
        await(() -> of(subscriber, received).size() >= count, patience, count + " events for " + subscriber);
    }

    void awaitSilently(String subscriber, int count, Duration patience) {
        await(() -> of(subscriber, unseen).size() >= count, patience, count + " more events for " + subscriber);
    }

    /// A condition on what this object guards.
    @FunctionalInterface
    private interface Condition {

        boolean holds();
    }

    private synchronized void await(Condition condition, Duration patience, String what) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.holds()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new CommandFailed("waited in vain for " + what);
                }
                wait(Math.max(1, left / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted while waiting for " + what, e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

package no.budstikke.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// A real HTTP receiver on loopback. It records what it gets, and answers as it is told: properly, or in
/// the ways in which real receivers fail ([Answer]). Every path is served; answers 200 until told
/// otherwise. Safe for many threads.
///
/// It speaks HTTP/1.1 with kept connections on plain sockets, because a proper server could not
/// misbehave, and because it has to cost little next to the server that is measured with it.
public final class Webhook implements AutoCloseable {

    private enum Memory {
        EVERYTHING,
        COUNTS
    }

    private static final int BACKLOG = 1024;

    private final Memory memory;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Queue<Received> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> deliveries = new ConcurrentHashMap<>();
    private final LongAdder count = new LongAdder();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
    private volatile Answer standing = Answer.ok();
    private volatile Consumer<Received> listener = _ -> {};
    private volatile Duration patience = Duration.ofSeconds(15);
    private final int port;

    // Guarded by this. Either the listening socket or the reservation is there. The reservation is bound and does not
    // listen, so that the port stays
    // ours
    // while connections are refused.
    private @Nullable ServerSocket listening;
    private @Nullable Thread accepting;
    private @Nullable Socket reservation;

    private Webhook(Memory memory, int port) {
        this.memory = memory;
        ServerSocket first = listen(port);
        this.listening = first;
        this.port = first.getLocalPort();
    }

    public static Webhook start() {
        return start(0);
    }

    public static Webhook start(int port) {
        return started(new Webhook(Memory.EVERYTHING, port));
    }

    /// A receiver that keeps only the events' ids and how often each came: for load.
    public static Webhook counting() {
        return started(new Webhook(Memory.COUNTS, 0));
    }

    private static Webhook started(Webhook webhook) {
        synchronized (webhook) {
            webhook.acceptFrom(webhook.listening);
        }
        return webhook;
    }

    public int port() {
        return port;
    }

    /// The address to give to a sender.
    ///
    /// @param path with its leading slash, and with a query if one is wanted
    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    // --- what to answer ---

    public Webhook answer(int status) {
        return answer(Answer.status(status));
    }

    public Webhook answer(Function<Received, ? extends Answer.AfterReading> answer) {
        return answer(new Answer.Computed(answer));
    }

    /// The answer to every request from now on, except those that [#answerNext] speaks of.
    public synchronized Webhook answer(Answer answer) {
        standing = answer;
        if (answer instanceof Answer.RefuseConnection) {
            refuse();
        } else if (listening == null) {
            listenAgain();
        }
        return this;
    }

    public Webhook answerNext(int requests, int status) {
        return answerNext(requests, Answer.status(status));
    }

    /// The answer to the next requests, after those that were told before.
    public Webhook answerNext(int requests, Answer answer) {
        if (answer instanceof Answer.RefuseConnection) {
            throw new IllegalArgumentException("Refused connections can't be counted: use answer(…)");
        }
        for (int i = 0; i < requests; i++) {
            next.add(answer);
        }
        return this;
    }

    /// Calls the listener with each request on the connection's thread, after it was recorded and before
    /// it is answered.
    public Webhook onRequest(Consumer<Received> listener) {
        this.listener = listener;
        return this;
    }

    // --- what came ---

    /// Every request so far, in the order in which they were read.
    public List<Received> requests() {
        if (memory == Memory.COUNTS) {
            throw new IllegalStateException("This webhook only counts: ask count() or deliveries()");
        }
        return List.copyOf(requests);
    }

    public List<Received> requestsTo(String path) {
        return requests().stream()
                .filter(request -> request.path().equals(path))
                .toList();
    }

    /// The events that came, without validation events, in the order in which they were read.
    public List<JsonNode> events() {
        return eventsIn(requests());
    }

    public List<JsonNode> eventsAt(String path) {
        return eventsIn(requestsTo(path));
    }

    public List<JsonNode> validations() {
        return requests().stream()
                .filter(Received::isValidation)
                .map(Received::json)
                .toList();
    }

    private static List<JsonNode> eventsIn(List<Received> requests) {
        return requests.stream()
                .filter(request -> !request.isEmpty() && !request.isValidation())
                .map(Received::json)
                .toList();
    }

    /// The number of requests, validation events among them.
    public long count() {
        return count.sum();
    }

    /// The ids of all events that came (validation events left out), and how often each came.
    public Map<String, Integer> deliveries() {
        return switch (memory) {
            case COUNTS -> Map.copyOf(deliveries);
            case EVERYTHING ->
                events().stream()
                        .collect(Collectors.toMap(event -> event.path("id").asText(), _ -> 1, Integer::sum));
        };
    }

    /// The number of connections that were accepted so far.
    public int connections() {
        return connections.get();
    }

    /// Forgets what came so far.
    public void clear() {
        requests.clear();
        deliveries.clear();
        count.reset();
    }

    // --- waiting ---

    /// How long the methods below wait; 15 seconds unless told otherwise.
    public Webhook patience(Duration patience) {
        this.patience = patience;
        return this;
    }

    /// Waits until at least so many events came (validation events left out) and gives all that are
    /// there by then.
    public List<JsonNode> awaitEvents(int atLeast) {
        await(atLeast + " events", () -> events().size() >= atLeast);
        return events();
    }

    public List<JsonNode> awaitEventsAt(String path, int atLeast) {
        await(atLeast + " events at " + path, () -> eventsAt(path).size() >= atLeast);
        return eventsAt(path);
    }

    /// Waits for an event of this kind and gives the first.
    public JsonNode awaitEvent(Predicate<JsonNode> wanted) {
        await("an event of the wanted kind", () -> events().stream().anyMatch(wanted));
        return events().stream().filter(wanted).findFirst().orElseThrow();
    }

    public JsonNode awaitEventWithId(String id) {
        await("an event with id " + id, () -> events().stream().anyMatch(event -> hasId(event, id)));
        return events().stream().filter(event -> hasId(event, id)).findFirst().orElseThrow();
    }

    /// Waits for a request of this kind and gives the first.
    public Received awaitRequest(Predicate<Received> wanted) {
        await("a request of the wanted kind", () -> requests().stream().anyMatch(wanted));
        return requests().stream().filter(wanted).findFirst().orElseThrow();
    }

    /// Waits until at least so many requests came, whatever they are. Works for counting receivers too.
    public void awaitCount(long atLeast) {
        await(atLeast + " requests", () -> count() >= atLeast);
    }

    private static boolean hasId(JsonNode event, String id) {
        return event.path("id").asText().equals(id);
    }

    private void await(String what, Supplier<Boolean> come) {
        try {
            Awaitility.await()
                    .atMost(patience)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(come::get);
        } catch (ConditionTimeoutException e) {
            String came = requests.stream().map(Received::toString).collect(Collectors.joining("\n  "));
            throw new AssertionError(
                    "Waited %s for %s; %d requests came:%n  %s".formatted(patience, what, count(), came), e);
        }
    }

    /// Ends the receiver and every connection; answers that are under way are cut.
    @Override
    public synchronized void close() {
        end.countDown();
        closeQuietly(listening);
        closeQuietly(reservation);
        open.forEach(Webhook::closeQuietly);
    }

    // --- for the conversations ---

    Answer nextAnswer() {
        Answer planned = next.poll();
        return planned == null ? standing : planned;
    }

    boolean readsNothing() {
        return next.isEmpty() && standing instanceof Answer.ReadNothing;
    }

    void record(Received received) {
        switch (memory) {
            case EVERYTHING -> requests.add(received);
            case COUNTS -> countById(received);
        }
        count.increment();
        listener.accept(received);
    }

    void awaitEnd() throws InterruptedException {
        end.await();
    }

    boolean endsWithin(Duration duration) throws InterruptedException {
        return end.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void countById(Received received) {
        String id = "";
        boolean validation = false;
        try (JsonParser parser = Json.MAPPER.createParser(received.bytes())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "id" -> id = parser.getText();
                    case "type" -> validation = parser.getText().equals(Received.VALIDATION_TYPE);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new AssertionError("Not JSON: " + received, e);
        }
        if (!validation) {
            deliveries.merge(id, 1, Integer::sum);
        }
    }

    // --- the port ---

    private static ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, BACKLOG, loopback());
        } catch (IOException e) {
            throw new UncheckedIOException("No webhook could be started on port " + port, e);
        }
    }

    private void acceptFrom(@Nullable ServerSocket door) {
        if (door != null) {
            accepting = Thread.ofVirtual().name("webhook-" + port).start(() -> {
                while (!door.isClosed()) {
                    try {
                        talk(door.accept());
                    } catch (IOException _) {
                        // The door was closed, or a caller left before it came to us.
                    }
                }
            });
        }
    }

    private void talk(Socket socket) {
        int number = connections.incrementAndGet();
        Thread.ofVirtual().name("webhook-" + port + "-" + number).start(() -> {
            open.add(socket);
            try (socket) {
                socket.setTcpNoDelay(true);
                if (end.getCount() > 0) {
                    new Conversation(this, socket, number).hold();
                }
            } catch (IOException _) {
                // The other side left, or we are closing.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                open.remove(socket);
            }
        });
    }

    private void refuse() {
        if (listening == null) {
            return;
        }
        closeQuietly(listening);
        listening = null;
        open.forEach(Webhook::closeQuietly);
        try {
            // The port is free when the last thread has left accept().
            if (accepting != null) {
                accepting.join();
            }
            var reserved = new Socket();
            reservation = reserved;
            reserved.setReuseAddress(true);
            reserved.bind(new InetSocketAddress(loopback(), port));
        } catch (IOException e) {
            throw new UncheckedIOException("Port " + port + " could not be kept", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while port " + port + " was closed", e);
        }
    }

    private void listenAgain() {
        closeQuietly(reservation);
        reservation = null;
        ServerSocket door = listen(port);
        listening = door;
        acceptFrom(door);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static void closeQuietly(@Nullable AutoCloseable socket) {
        if (socket == null) {
            return;
        }
        try {
            socket.close();
        } catch (Exception _) {
            // It is gone either way.
        }
    }
}

package no.budstikke.event;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.http.Reply;
import no.budstikke.identity.Caller;

/// Sends a resource's events as they come, as Server-Sent Events: what a query would answer, page after
/// page, without an end. Each stream is a thread that reads the log at its reader's pace and holds one
/// small page; all of them share one [LogWatch].
final class StreamEvents implements AutoCloseable {

    private static final int PAGE = 32;
    /// Pages that are read at once: the streams must not take the pool's connections from everybody
    /// else.
    private static final int READING = 4;
    private static final Duration RECONNECT = Duration.ofSeconds(2);
    /// A reader that takes nothing for so long is gone, or as good as gone.
    private static final Duration LONGEST_WRITE = Duration.ofMinutes(1);
    /// A token may run out, and a stop may come, while nothing happens.
    private static final Duration LOOK_UP = Duration.ofMillis(500);

    private final Database database;
    private final EventLookupStore events;
    private final LogWatch watch;
    private final Access access;
    private final Limits limits;
    private final Semaphore streams;
    private final Semaphore reading = new Semaphore(READING);
    private final Map<Thread, Writing> writing = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /// @param streams open at once
    /// @param heartbeat how often a comment is sent to a stream that has nothing else to say
    record Limits(int streams, Duration heartbeat) {}

    StreamEvents(Database database, EventLookupStore events, LogWatch watch, Access access, Limits limits) {
        this.database = database;
        this.events = events;
        this.watch = watch;
        this.access = access;
        this.limits = limits;
        this.streams = new Semaphore(limits.streams());
    }

    /// A stream, or nothing when there are too many, or when the server stops.
    ///
    /// @param after id of the event after which it begins, an unknown one means from the start; empty:
    ///     with what comes from now on
    /// @param holds whether the caller's token still does
    Optional<Reply.Stream> open(
            Caller caller, EventLookupStore.Selection wanted, Optional<String> after, BooleanSupplier holds) {
        return stopping || !streams.tryAcquire()
                ? Optional.empty()
                : Optional.of(body -> {
                    try (LogWatch.Listener listener = watch.listen(wanted.resource())) {
                        stream(caller, wanted, beginning(after), holds, listener, body);
                    } finally {
                        streams.release();
                    }
                });
    }

    private EventFeed.Place beginning(Optional<String> after) {
        return database.inTransaction(tx -> after.map(
                        id -> events.places(tx, id).stream().findFirst().orElse(EventFeed.Place.START))
                .orElseGet(() -> events.end(tx)));
    }

    private void stream(
            Caller caller,
            EventLookupStore.Selection wanted,
            EventFeed.Place beginning,
            BooleanSupplier holds,
            LogWatch.Listener listener,
            OutputStream body)
            throws IOException, InterruptedException {
        EventFeed.Place reached = beginning;
        write(body, "retry: " + RECONNECT.toMillis() + "\n: events of " + plain(wanted.resource()) + "\n\n");
        long wrote = System.nanoTime();
        while (!stopping && holds.getAsBoolean()) {
            listener.heard();
            List<LoggedEvent> page = read(wanted, reached);
            var text = new StringBuilder();
            for (LoggedEvent logged : page) {
                if (access.mayRead(caller, logged.event().target())) {
                    append(text, logged.event());
                }
                reached = new EventFeed.Place(logged.at(), logged.stored());
            }
            if (text.isEmpty()
                    && System.nanoTime() - wrote >= limits.heartbeat().toNanos()) {
                text.append(": still here\n\n");
            }
            if (!text.isEmpty()) {
                write(body, text.toString());
                wrote = System.nanoTime();
            }
            if (page.size() < PAGE) {
                listener.await(LOOK_UP);
            }
        }
    }

    private List<LoggedEvent> read(EventLookupStore.Selection wanted, EventFeed.Place after)
            throws InterruptedException {
        reading.acquire();
        try {
            return database.inTransaction(tx -> events.matching(tx, wanted, after, PAGE));
        } finally {
            reading.release();
        }
    }

    /// An id with a line break can't be told, so a reader goes on after the event before it.
    private static void append(StringBuilder text, CloudEvent event) {
        if (isOneLine(event.id())) {
            text.append("id: ").append(event.id()).append('\n');
        }
        event.jsonInUtc()
                .lines()
                .forEach(line -> text.append("data: ").append(line).append('\n'));
        text.append('\n');
    }

    private static boolean isOneLine(String text) {
        return text.chars().noneMatch(c -> c == '\n' || c == '\r' || c == '\0');
    }

    private static String plain(String text) {
        return text.replaceAll("[\\r\\n\\x00]", " ");
    }

    /// A write that is under way since `System.nanoTime()` said so.
    private record Writing(long since) {}

    private void write(OutputStream body, String text) throws IOException {
        var now = new Writing(System.nanoTime());
        writing.put(Thread.currentThread(), now);
        try {
            body.write(text.getBytes(StandardCharsets.UTF_8));
            body.flush();
        } finally {
            writing.remove(Thread.currentThread());
        }
    }

    /// Breaks the connections of readers that have taken nothing for a minute. To be called now and
    /// then.
    void breakOffTheStuck() {
        long overdue = System.nanoTime() - LONGEST_WRITE.toNanos();
        writing.forEach((thread, write) -> {
            if (write.since() - overdue < 0) {
                thread.interrupt();
            }
        });
    }

    /// Ends all streams; their readers find the next server with `Last-Event-ID`.
    @Override
    public void close() {
        stopping = true;
    }
}

package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Sends events over kept connections, one virtual thread and one plain socket each, so that it costs
/// the machine little that it shares with what it measures.
final class Load {

    /// What became of a run.
    ///
    /// @param sent the events have the sequence numbers from 0 to below this
    /// @param refused those that were not answered 200: their fate is unknown
    /// @param answers from the intended time of sending to the answer, in microseconds
    /// @param began by the shared clock
    record Result(int sent, Set<Integer> refused, Histogram answers, long began, Duration took) {

        Result {
            refused = Set.copyOf(refused);
        }

        int accepted() {
            return sent - refused.size();
        }

        double perSecond() {
            return accepted() / Clock.seconds(took.toNanos());
        }
    }

    private static final int OPEN_CONNECTIONS = 64;
    private static final int SOCKET_TIMEOUT_MILLIS = 30_000;
    private static final long LONGEST_MICROS = 120_000_000;

    private final EventRequest request;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private final ConcurrentHistogram answers = new ConcurrentHistogram(LONGEST_MICROS, 3);

    private Load(EventRequest request) {
        this.request = request;
    }

    /// Each publisher sends its next event when the last one was answered.
    static Result closed(EventRequest request, int publishers, Duration lasting) {
        return closed(request, publishers, lasting, Tally.LARGEST_RUN);
    }

    /// As above, and ends at the latest when so many were sent.
    static Result closed(EventRequest request, int publishers, Duration atMost, int events) {
        return new Load(request).run(publishers, new Closed(System.nanoTime() + atMost.toNanos(), events));
    }

    /// Events leave at a steady rate, whatever happens to those before; latency counts from the time at
    /// which an event should have left, so a stall is seen by all events that it held up.
    static Result open(EventRequest request, int perSecond, Duration lasting) {
        int events = (int) (perSecond * lasting.toMillis() / 1_000);
        return new Load(request).run(OPEN_CONNECTIONS, new Open(System.nanoTime(), 1_000_000_000L / perSecond, events));
    }

    /// When which event leaves.
    private sealed interface Plan {

        /// How many may be sent at most.
        int events();

        /// Asked before a sequence number is taken, so that the numbers of what was sent have no gap.
        boolean isOver();

        /// The time of [System#nanoTime()] at which it should leave.
        long departure(int sequence);
    }

    private record Closed(long end, int events) implements Plan {

        @Override
        public boolean isOver() {
            return System.nanoTime() >= end;
        }

        @Override
        public long departure(int sequence) {
            return System.nanoTime();
        }
    }

    private record Open(long start, long interval, int events) implements Plan {

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public long departure(int sequence) {
            return start + sequence * interval;
        }
    }

    private Result run(int connections, Plan plan) {
        long began = Clock.micros();
        long start = System.nanoTime();
        var publishers = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                publishers.add(threads.submit(() -> publish(plan)));
            }
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        failWithThem(publishers);
        return new Result(Math.min(next.get(), plan.events()), refused, answers.copy(), began, took);
    }

    private void publish(Plan plan) {
        EventRequest own = request.copy();
        try (var connection = new Connection(own)) {
            while (!plan.isOver()) {
                int sequence = next.getAndIncrement();
                if (sequence >= plan.events()) {
                    return;
                }
                long departure = plan.departure(sequence);
                waitUntil(departure);
                long late = System.nanoTime() - departure;
                int status = connection.send(own.numbered(sequence, Clock.micros() - late / 1_000));
                answers.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - departure) / 1_000));
                if (status != 200) {
                    refused.add(sequence);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("No connection to " + request.target(), e);
        }
    }

    private static void waitUntil(long departure) {
        for (long left = departure - System.nanoTime(); left > 0; left = departure - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void failWithThem(List<Future<?>> publishers) {
        for (Future<?> publisher : publishers) {
            try {
                publisher.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("A publisher failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted under load", e);
            }
        }
    }

    /// One kept connection, made anew when it breaks and the server is there again.
    private static final class Connection implements AutoCloseable {

        private final InetSocketAddress address;
        private Socket socket;
        private Messages responses;
        private boolean broken;

        Connection(EventRequest request) throws IOException {
            String host = request.target().getHost();
            address = new InetSocketAddress(
                    InetAddress.getByName(host), request.target().getPort());
            socket = connect();
            responses = new Messages(socket.getInputStream());
        }

        private Socket connect() throws IOException {
            var fresh = new Socket();
            fresh.setTcpNoDelay(true);
            fresh.connect(address, SOCKET_TIMEOUT_MILLIS);
            fresh.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
            return fresh;
        }

        /// The status of the answer; 0 when there is none.
        int send(byte[] request) {
            try {
                if (broken) {
                    socket.close();
                    socket = connect();
                    responses = new Messages(socket.getInputStream());
                    broken = false;
                }
                socket.getOutputStream().write(request);
                if (responses.next()) {
                    return responses.status();
                }
            } catch (IOException _) {
                // No answer, like a connection that ends without one.
            }
            broken = true;
            return 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

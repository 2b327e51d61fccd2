package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import org.HdrHistogram.Histogram;

/// A [Receiver] that was started as another process. Closing it, or the end of this JVM, ends it.
final class ReceiverProcess implements AutoCloseable {

    /// What came of a run, next to what was sent.
    ///
    /// @param lost accepted by the server and never delivered
    /// @param repeated deliveries beyond the first of each event
    /// @param strangers deliveries of anything else
    /// @param latency from the intended time of sending to the end of the body, in microseconds
    /// @param perSecond distinct events, from the beginning of sending to the last delivery
    /// @param last when the last one came, by the shared clock
    record Report(
            long distinct, long lost, long repeated, long strangers, Histogram latency, double perSecond, long last) {}

    /// Longer than the first retry waits: a delivery that failed once is late, not lost.
    private static final Duration STANDSTILL = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration POLL_FOR_THE_LAST = Duration.ofMillis(500);

    private final Process process;
    private final BufferedReader said;
    private final Writer words;
    private final URI address;

    private ReceiverProcess(Process process) throws IOException {
        this.process = process;
        this.said = process.inputReader(UTF_8);
        this.words = process.outputWriter(UTF_8);
        this.address = URI.create("http://127.0.0.1:" + said.readLine() + "/");
    }

    static ReceiverProcess start() {
        var command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The pages of a heap that grows come during a collection: 0.2 s that would count as the server's.
                "-Xms512m",
                "-Xmx512m",
                "-Xmn256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Bench.class.getName(),
                "receiver");
        try {
            return new ReceiverProcess(
                    command.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException("The receiver could not be started", e);
        }
    }

    URI address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    /// From now on the events of this run are counted.
    void begin(String run) {
        ask("begin " + run);
    }

    /// Waits until every event came that was accepted, or none of them for [#STANDSTILL], and then says
    /// what came.
    Report awaitAll(Load.Result sent) {
        awaitCount(sent.accepted());
        Report report = report(sent);
        long progress = System.nanoTime();
        // Repeated events, and such as came though their publisher was not told so, were counted in place of others.
        while (report.lost() > 0 && System.nanoTime() - progress < STANDSTILL.toNanos()) {
            Clock.sleep(POLL_FOR_THE_LAST);
            Report later = report(sent);
            if (later.lost() < report.lost()) {
                progress = System.nanoTime();
            }
            report = later;
        }
        return report;
    }

    /// Waits until there were so many deliveries, or none came for [#STANDSTILL].
    Report awaitAll(Load.Result sent, long deliveries) {
        awaitCount(deliveries);
        return report(sent);
    }

    private void awaitCount(long deliveries) {
        long before = -1;
        long progress = System.nanoTime();
        for (long now = count(); now < deliveries; now = count()) {
            if (now > before) {
                before = now;
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > STANDSTILL.toNanos()) {
                break;
            }
            Clock.sleep(POLL);
        }
    }

    private Report report(Load.Result sent) {
        String[] report = ask("report").split(" ", -1);
        long deliveries = Long.parseLong(report[0]);
        BitSet seen = BitSet.valueOf(Base64.getDecoder().decode(report[3]));
        var missing = new BitSet();
        missing.set(0, sent.sent());
        missing.andNot(seen);
        sent.refused().forEach(missing::clear);
        Histogram latency = Histogram.decodeFromByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(report[4])), 0);
        long distinct = seen.cardinality();
        return new Report(
                distinct,
                missing.cardinality(),
                deliveries - distinct,
                Long.parseLong(report[1]),
                latency,
                distinct * 1e6 / (Long.parseLong(report[2]) - sent.began()),
                Long.parseLong(report[2]));
    }

    /// From now on the endpoint answers 503.
    void goDown() {
        ask("down");
    }

    /// From now on it answers 200 again; says how many requests came meanwhile, second by second.
    int[] comeUp() {
        return Refusals.read(ask("up"));
    }

    /// From now on a delivery is the first one.
    void mark() {
        ask("mark");
    }

    /// When the first delivery since [#mark()] came, by the shared clock; waits for it.
    long awaitFirst() {
        long first = Long.parseLong(ask("first"));
        for (int polls = 0; first == 0 && polls < STANDSTILL.dividedBy(POLL) * 6; polls++) {
            Clock.sleep(POLL);
            first = Long.parseLong(ask("first"));
        }
        return first;
    }

    private long count() {
        return Long.parseLong(ask("count"));
    }

    private String ask(String line) {
        try {
            words.write(line + "\n");
            words.flush();
            String answer = said.readLine();
            if (answer == null) {
                throw new IllegalStateException("The receiver has ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from the receiver to: " + line, e);
        }
    }

    @Override
    public void close() {
        try {
            words.close();
        } catch (IOException _) {
            // It has ended already.
        }
        process.destroy();
    }
}

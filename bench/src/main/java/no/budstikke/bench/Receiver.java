package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;

/// A webhook in a process of its own: answers 200 to everything and counts, unless told to be down; what
/// comes to a path below [#DEAD] is never answered. It says its port on standard output, obeys the words
/// on standard input, and ends with it; [ReceiverProcess] is the other side.
@Command(name = "receiver", hidden = true, description = "The webhook of the other measurements; they start it.")
final class Receiver implements Callable<Integer> {

    private static final int BACKLOG = 1024;
    private static final byte[] OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1);

    private static final byte[] DOWN =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1);

    /// Where an endpoint takes requests and says nothing.
    static final String DEAD = "dead/";

    private static final byte[] TO_THE_DEAD = ("POST /" + DEAD).getBytes(ISO_8859_1);

    private volatile boolean down;
    private volatile Refusals refusals = new Refusals(Clock.micros());
    private volatile Tally tally = new Tally("-".repeat(EventRequest.RUN_LENGTH));

    @Override
    public Integer call() throws IOException {
        try (var door = new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> accept(door));
            System.out.println(door.getLocalPort());
            obey(new BufferedReader(new InputStreamReader(System.in, UTF_8)));
        }
        return 0;
    }

    private void accept(ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // The door was closed, or a caller left before it came to us.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var requests = new Messages(socket.getInputStream());
            while (requests.next()) {
                if (requests.begins(TO_THE_DEAD)) {
                    continue;
                }
                if (down) {
                    refusals.count(Clock.micros());
                    socket.getOutputStream().write(DOWN);
                    continue;
                }
                tally.count(requests.buffer(), requests.bodyStart(), requests.bodyEnd(), Clock.micros());
                socket.getOutputStream().write(OK);
            }
        } catch (SocketException _) {
            // The server was killed.
        } catch (IOException e) {
            System.err.println("receiver: " + e.getMessage());
        }
    }

    private void obey(BufferedReader words) throws IOException {
        for (String line = words.readLine(); line != null; line = words.readLine()) {
            String[] parts = line.split(" ", -1);
            switch (parts[0]) {
                case "begin" -> {
                    tally = new Tally(parts[1]);
                    System.out.println("begun");
                }
                case "down" -> {
                    refusals = new Refusals(Clock.micros());
                    down = true;
                    System.out.println("down");
                }
                case "up" -> {
                    down = false;
                    System.out.println(refusals.words());
                }
                case "mark" -> {
                    tally.mark();
                    System.out.println("marked");
                }
                case "first" -> System.out.println(tally.firstSinceMark());
                case "count" -> System.out.println(tally.deliveries());
                case "report" -> report(tally);
                default -> throw new IllegalArgumentException("Not understood: " + line);
            }
        }
    }

    private static void report(Tally counted) {
        System.out.println(String.join(
                " ",
                Long.toString(counted.deliveries()),
                Long.toString(counted.strangers()),
                Long.toString(counted.last()),
                base64(counted.seen().toByteArray()),
                base64(bytes(counted.latency()))));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }
}

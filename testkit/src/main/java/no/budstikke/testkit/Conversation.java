package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// One connection to a [Webhook]: reads request after request and gives each the answer that is planned
/// for it.
final class Conversation {

    private static final Map<Integer, String> REASONS = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(201, "Created"),
            Map.entry(202, "Accepted"),
            Map.entry(204, "No Content"),
            Map.entry(301, "Moved Permanently"),
            Map.entry(302, "Found"),
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(410, "Gone"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);

    private static final byte[] EMPTY = {};

    private final Webhook webhook;
    private final Socket socket;
    private final int number;

    Conversation(Webhook webhook, Socket socket, int number) {
        this.webhook = webhook;
        this.socket = socket;
        this.number = number;
    }

    /// Goes on until one side closes the connection.
    void hold() throws IOException, InterruptedException {
        var requests = new RequestReader(socket.getInputStream());
        boolean open = true;
        while (open) {
            if (webhook.readsNothing()) {
                webhook.awaitEnd();
                return;
            }
            Optional<RequestHead> head = requests.readHead();
            if (head.isEmpty()) {
                return;
            }
            open = answer(head.get(), requests) && !head.get().closes();
        }
    }

    private boolean answer(RequestHead head, RequestReader requests) throws IOException, InterruptedException {
        return switch (webhook.nextAnswer()) {
            case Answer.AfterReading answer -> {
                read(head, requests);
                yield give(answer, head);
            }
            case Answer.Computed(var answer) -> give(answer.apply(read(head, requests)), head);
            case Answer.EarlyAnswer(int code) -> {
                webhook.record(new Received(number, head, EMPTY));
                write(whole(Answer.status(code), true));
                yield false;
            }
            case Answer.ReadNothing _ -> {
                webhook.awaitEnd();
                yield false;
            }
            case Answer.RefuseConnection _ -> false;
        };
    }

    private Received read(RequestHead head, RequestReader requests) throws IOException {
        if (head.expectsContinue()) {
            write(CONTINUE);
        }
        var received = new Received(number, head, requests.readBody(head));
        webhook.record(received);
        return received;
    }

    /// Whether the connection may be used again.
    private boolean give(Answer.AfterReading answer, RequestHead head) throws IOException, InterruptedException {
        return switch (answer) {
            case Answer.Status status -> {
                write(whole(status, head.closes()));
                yield true;
            }
            case Answer.Chunked chunked -> {
                write(inChunks(chunked));
                yield true;
            }
            case Answer.CloseWithoutAnswer _ -> false;
            case Answer.HalfAnswer(int code) -> {
                write((statusLine(code) + "Content-Length: 1000\r\n\r\nonly the begin").getBytes(ISO_8859_1));
                yield false;
            }
            case Answer.Junk _ -> {
                write("220 mail.example.no ESMTP\r\n\u0000\u0001\u0002 how do you do\r\n".getBytes(ISO_8859_1));
                yield false;
            }
            case Answer.NeverEnding(int code) -> {
                writeForEver(code);
                yield false;
            }
            case Answer.SlowLoris(Duration pause, Answer.Status status) -> {
                for (byte each : whole(status, head.closes())) {
                    if (webhook.endsWithin(pause)) {
                        yield false;
                    }
                    write(new byte[] {each});
                }
                yield true;
            }
            case Answer.Hang(Duration duration, Answer.AfterReading then) ->
                !webhook.endsWithin(duration) && give(then, head);
        };
    }

    private void writeForEver(int code) throws IOException, InterruptedException {
        write((statusLine(code) + "Transfer-Encoding: chunked\r\n\r\n").getBytes(ISO_8859_1));
        byte[] chunk = ("1000\r\n" + "more".repeat(1024) + "\r\n").getBytes(ISO_8859_1);
        do {
            write(chunk);
        } while (!webhook.endsWithin(Duration.ofMillis(1)));
    }

    private static byte[] whole(Answer.Status status, boolean closes) {
        byte[] body = status.body().getBytes(UTF_8);
        var head = new StringBuilder(statusLine(status.code()));
        status.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (closes) {
            head.append("Connection: close\r\n");
        }
        if (status.code() != 204) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        byte[] start = head.toString().getBytes(ISO_8859_1);
        if (body.length == 0) {
            return start;
        }
        var all = new ByteArrayOutputStream(start.length + body.length);
        all.writeBytes(start);
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static byte[] inChunks(Answer.Chunked answer) {
        var all = new ByteArrayOutputStream();
        all.writeBytes((statusLine(answer.code()) + "Transfer-Encoding: chunked\r\n\r\n").getBytes(ISO_8859_1));
        for (String text : answer.chunks()) {
            byte[] chunk = text.getBytes(UTF_8);
            all.writeBytes((Integer.toHexString(chunk.length) + "\r\n").getBytes(ISO_8859_1));
            all.writeBytes(chunk);
            all.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        all.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        return all.toByteArray();
    }

    private static String statusLine(int code) {
        return "HTTP/1.1 " + code + " " + REASONS.getOrDefault(code, "Status") + "\r\n";
    }

    private void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }
}

package no.budstikke.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// How a [Webhook] treats a request: properly, or in one of the ways in which real receivers fail.
public sealed interface Answer {

    /// The answers that are given after the whole request was read and recorded. Only these can depend
    /// on the request.
    sealed interface AfterReading extends Answer {}

    /// A complete answer with `Content-Length`; the connection is kept.
    record Status(int code, Map<String, String> headers, String body) implements AfterReading {
        public Status {
            headers = Map.copyOf(headers);
        }
    }

    /// A complete answer whose body comes in chunks.
    record Chunked(int code, List<String> chunks) implements AfterReading {
        public Chunked {
            chunks = List.copyOf(chunks);
        }
    }

    /// Reads the request and closes the connection.
    record CloseWithoutAnswer() implements AfterReading {}

    /// Announces a body of 1000 bytes, sends a few of them and closes the connection.
    record HalfAnswer(int code) implements AfterReading {}

    /// Answers with bytes that are not HTTP, and closes the connection.
    record Junk() implements AfterReading {}

    /// Answers and sends body until the other side has had enough or the webhook is closed.
    record NeverEnding(int code) implements AfterReading {}

    /// Sends the answer byte by byte with a pause before each.
    record SlowLoris(Duration pause, Status answer) implements AfterReading {}

    /// Says nothing for a while and then answers. Closing the webhook ends the wait, and the connection.
    record Hang(Duration duration, AfterReading then) implements AfterReading {}

    /// Answers with what the function makes of the request.
    record Computed(Function<Received, ? extends AfterReading> answer) implements Answer {}

    /// Answers as soon as the head of the request is there and closes the connection with the body
    /// unread. The request is recorded with an empty body.
    record EarlyAnswer(int code) implements Answer {}

    /// Takes the connection and reads nothing (nothing more, on a connection that was in use before).
    /// Not recorded.
    record ReadNothing() implements Answer {}

    /// Nobody listens on the port, and connections that were open are closed. Lasts until another answer
    /// is set.
    record RefuseConnection() implements Answer {}

    static Status ok() {
        return status(200);
    }

    static Status status(int code) {
        return new Status(code, Map.of(), "");
    }

    static Status status(int code, String body) {
        return new Status(code, Map.of(), body);
    }

    static Status gone() {
        return status(410);
    }

    /// 503 with `Retry-After` in seconds.
    static Status retryAfter(int seconds) {
        return new Status(503, Map.of("Retry-After", Integer.toString(seconds)), "");
    }

    /// 302 to another address.
    static Status redirect(String to) {
        return new Status(302, Map.of("Location", to), "");
    }

    static Chunked chunked(String... chunks) {
        return new Chunked(200, List.of(chunks));
    }

    static Hang hang(Duration duration) {
        return new Hang(duration, ok());
    }

    static SlowLoris slowLoris(Duration pause) {
        return new SlowLoris(pause, ok());
    }
}

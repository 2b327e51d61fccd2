package no.budstikke.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is answered. The body's array is not copied: nobody changes it afterwards.
///
/// @param body empty for no body; then no content type is sent either
/// @param stream writes a body that has no end yet, in place of `body`
@SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
public record Reply(int status, List<Header> headers, byte[] body, Optional<Stream> stream) {

    /// Writes a body bit by bit, on the request's own thread, and returns when it has ended.
    @FunctionalInterface
    public interface Stream {

        /// What is written is sent with the next `flush`. A write blocks as long as the reader does not
        /// read; an interrupt breaks the connection then.
        ///
        /// @throws IOException when the reader is gone
        void writeTo(OutputStream body) throws IOException, InterruptedException;
    }

    /// One header field.
    public record Header(String name, String value) {}

    public static final String JSON = "application/json; charset=utf-8";
    public static final String CLOUD_EVENTS = "application/cloudevents+json; charset=utf-8";
    public static final String PROBLEM = "application/problem+json; charset=utf-8";
    public static final String CLOUD_EVENTS_BATCH = "application/cloudevents-batch+json; charset=utf-8";
    public static final String EVENT_STREAM = "text/event-stream; charset=utf-8";
    public static final String TEXT = "text/plain; charset=utf-8";

    private static final byte[] NOTHING = {};

    public Reply {
        headers = List.copyOf(headers);
    }

    private Reply(int status, List<Header> headers, byte[] body) {
        this(status, headers, body, Optional.empty());
    }

    /// A body that is written while it comes into being.
    public static Reply streamed(int status, String contentType, Stream stream) {
        return new Reply(status, List.of(new Header("Content-Type", contentType)), NOTHING, Optional.of(stream));
    }

    /// No body, no content type.
    public static Reply empty(int status) {
        return new Reply(status, List.of(), NOTHING);
    }

    public static Reply bytes(int status, String contentType, byte[] body) {
        return new Reply(status, List.of(new Header("Content-Type", contentType)), body);
    }

    public static Reply text(int status, String contentType, String body) {
        return bytes(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /// `value` written by `mapper` ([Json#SPARSE] or [Json#FULL]); a `String` becomes a JSON string in
    /// quotes.
    public static Reply json(int status, ObjectMapper mapper, Object value) {
        try {
            return bytes(status, JSON, mapper.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("can't write " + value.getClass().getName() + " as JSON", e);
        }
    }

    /// The same reply with one more header field.
    public Reply with(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, more, body, stream);
    }
}

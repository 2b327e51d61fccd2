package no.budstikke.delivery;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webclient.api.ClientConnection;
import java.time.Duration;

/// A connection to an endpoint that gives up when an answer gets too long: the client itself would read
/// a chunk of two gigabytes into memory. Used by one thread at a time.
final class WebhookConnection implements ClientConnection {

    private final ClientConnection connection;
    private final DataReader reader;
    private final java.util.function.Consumer<WebhookConnection> released;
    private long mayRead;
    private volatile boolean closed;

    /// @param released takes it back when an answer has been read to its end
    WebhookConnection(ClientConnection connected, java.util.function.Consumer<WebhookConnection> released) {
        this.connection = connected;
        HelidonSocket socket = connected.helidonSocket();
        this.reader = DataReader.create(() -> counted(socket.get()));
        this.released = released;
    }

    /// An endpoint sends more than anybody wants to know.
    static final class AnswerTooLong extends RuntimeException {

        private static final long serialVersionUID = 1;

        AnswerTooLong() {
            super("the answer is too long");
        }
    }

    /// For the next answer, head and all.
    WebhookConnection limitedTo(int bytes) {
        mayRead = bytes;
        return this;
    }

    private byte @org.jspecify.annotations.Nullable [] counted(byte @org.jspecify.annotations.Nullable [] read) {
        if (read != null) {
            mayRead -= read.length;
            if (mayRead < 0) {
                throw new AnswerTooLong();
            }
        }
        return read;
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return connection.writer();
    }

    @Override
    public String channelId() {
        return connection.channelId();
    }

    @Override
    public HelidonSocket helidonSocket() {
        return connection.helidonSocket();
    }

    @Override
    public void readTimeout(Duration readTimeout) {
        connection.readTimeout(readTimeout);
    }

    @Override
    public boolean isConnected() {
        return !closed && connection.isConnected();
    }

    @Override
    public void releaseResource() {
        if (reader.available() > 0) {
            // More than the answer: whoever came next would take it for its own.
            closeResource();
        } else if (!closed) {
            released.accept(this);
        }
    }

    @Override
    public void closeResource() {
        closed = true;
        connection.closeResource();
    }
}

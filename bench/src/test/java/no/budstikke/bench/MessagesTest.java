package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class MessagesTest {

    @Test
    void messages_are_found_however_they_are_cut() throws IOException {
        String large = "x".repeat(40_000);
        String two = "HTTP/1.1 202 Accepted\r\ncontent-LENGTH: 5\r\n\r\nfirst"
                + "HTTP/1.1 204 No Content\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + large;
        for (int piece : new int[] {1, 7, 1_000, 100_000}) {
            var messages = new Messages(inPieces(two, piece));

            assertThat(messages.next()).isTrue();
            assertThat(messages.status()).isEqualTo(202);
            assertThat(messages.body()).isEqualTo("first");
            assertThat(messages.next()).isTrue();
            assertThat(messages.status()).isEqualTo(204);
            assertThat(messages.body()).isEmpty();
            assertThat(messages.next()).isTrue();
            assertThat(messages.body()).isEqualTo(large);
            assertThat(messages.next()).isFalse();
        }
    }

    @Test
    void a_cut_message_and_one_in_chunks_are_no_messages() {
        assertThatThrownBy(() -> new Messages(inPieces("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 100)).next())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        new Messages(inPieces("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 100)).next())
                .isInstanceOf(IOException.class);
    }

    private static InputStream inPieces(String text, int largest) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(length, largest));
            }
        };
    }
}

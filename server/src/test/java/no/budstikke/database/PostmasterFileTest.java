package no.budstikke.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostmasterFileTest {

    private static final List<String> WHOLE =
            List.of("4711", "/data/postgresql", "1790000000", "20123", "", "127.0.0.1", "  1234  5678", "ready   ");

    @Test
    void a_whole_file_tells_process_and_status() {
        assertThat(PostmasterFile.parse(WHOLE)).contains(new PostmasterFile(4711, true));
    }

    @Test
    void while_the_file_is_being_written_the_server_is_not_ready() {
        for (int lines = 1; lines < WHOLE.size(); lines++) {
            assertThat(PostmasterFile.parse(WHOLE.subList(0, lines))).contains(new PostmasterFile(4711, false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-4711", "99999999999999999999"})
    void a_file_that_begins_otherwise_is_none(String first) {
        assertThat(PostmasterFile.parse(List.of(first))).isEmpty();
    }

    @Test
    void an_empty_file_is_none() {
        assertThat(PostmasterFile.parse(List.of())).isEmpty();
    }
}

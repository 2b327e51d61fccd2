package no.budstikke.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {

    private static final String GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void a_header_is_taken_apart() {
        Traceparent read = Traceparent.parse(GIVEN).orElseThrow();
        assertThat(read.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(read.parentId()).isEqualTo("b7ad6b7169203331");
        assertThat(read.isSampled()).isTrue();
        assertThat(Traceparent.parse(GIVEN.replaceFirst("01$", "00"))
                        .orElseThrow()
                        .isSampled())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "junk",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void what_the_standard_calls_invalid_counts_as_absent(String header) {
        assertThat(Traceparent.parse(header)).isEmpty();
        assertThatThrownBy(() -> new Traceparent(header)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_later_version_is_read_as_far_as_this_one_goes() {
        assertThat(Traceparent.parse("cc" + GIVEN.substring(2) + "-what-comes-later"))
                .contains(new Traceparent(GIVEN));
    }

    @Test
    void the_next_place_is_another_one_in_the_same_trace() {
        Traceparent given = new Traceparent(GIVEN);
        Traceparent next = given.next();
        assertThat(next.traceId()).isEqualTo(given.traceId());
        assertThat(next.parentId()).isNotEqualTo(given.parentId());
        assertThat(next.isSampled()).isEqualTo(given.isSampled());
        assertThat(Traceparent.parse(next.text())).contains(next);
    }

    @Test
    void a_trace_of_its_own_is_valid() {
        assertThat(Traceparent.parse(Traceparent.random().text())).isPresent();
    }

    @Test
    void a_trace_is_current_only_while_its_work_is_done() {
        Traceparent given = new Traceparent(GIVEN);
        assertThat(Trace.currentContext()).isEmpty();
        assertThat(Trace.of(given).call(Trace::currentContext)).contains(given);
        assertThat(Trace.current()).isEmpty();
    }

    @Test
    void an_untraced_request_has_one_name_and_gives_it_to_nobody() {
        Trace trace = Trace.of(java.util.Optional.empty());
        assertThat(trace.name()).isEqualTo(trace.name());
        assertThat(trace.call(Trace::currentContext)).isEmpty();
    }
}

package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final URI SOMEWHERE = URI.create("http://127.0.0.1:1/");
    private static final long NOON = 1_900_000_000_000_000L;

    private final EventRequest events = EventRequest.to(SOMEWHERE, Optional.empty());
    private final Tally tally = new Tally(events.run());

    @Test
    void what_came_twice_is_two_deliveries_of_one_event() {
        count(events.body(3, NOON));
        count(events.body(3, NOON));
        count(events.body(5, NOON));

        assertThat(tally.deliveries()).isEqualTo(3);
        assertThat(tally.seen().stream()).containsExactly(3, 5);
        assertThat(tally.strangers()).isZero();
    }

    @Test
    void latency_is_counted_from_the_time_in_the_event() {
        count(events.body(0, NOON - 2_000));

        assertThat(tally.latency().getMaxValue()).isBetween(1_990L, 2_010L);
        assertThat(tally.last()).isEqualTo(NOON);
    }

    @Test
    void an_event_of_another_run_and_a_body_that_is_none_are_strangers() {
        count(EventRequest.to(SOMEWHERE, Optional.empty()).body(3, NOON));
        count("{}".getBytes(ISO_8859_1));

        assertThat(tally.strangers()).isEqualTo(2);
        assertThat(tally.deliveries()).isZero();
    }

    @Test
    void members_may_stand_in_another_order_and_with_blanks() {
        String body = new String(events.body(7, NOON - 5_000), ISO_8859_1);
        String id = body.substring(body.indexOf("\"id\""), body.indexOf(",") + 1);
        String turned = body.replace(id, "")
                .replace("}}", "}, " + id.replace(":", " : ").replace(",", "") + "}");

        count(turned.getBytes(ISO_8859_1));

        assertThat(tally.seen().stream()).containsExactly(7);
        assertThat(tally.latency().getMaxValue()).isBetween(4_990L, 5_010L);
    }

    private void count(byte[] body) {
        tally.count(body, 0, body.length, NOON);
    }
}

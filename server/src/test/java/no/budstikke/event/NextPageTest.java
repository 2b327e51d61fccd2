package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.QueryParameters.Pair;
import org.junit.jupiter.api.Test;

class NextPageTest {

    private static final String BASE = "http://localhost:5080";

    @Test
    void the_other_parameters_come_back_in_order_with_colons_and_slashes_plain() {
        var query = new QueryParameters(List.of(
                new Pair("resource", "urn:altinn:resource:systemx"),
                new Pair("after", "0"),
                new Pair("subject", "/party/1337")));
        assertThat(NextPage.address(BASE, "/events/api/v1/events", query, "e31d", Optional.empty()))
                .isEqualTo("http://localhost:5080/events/api/v1/events?after=e31d"
                        + "&resource=urn:altinn:resource:systemx&subject=/party/1337");
    }

    @Test
    void unknown_parameters_and_other_spellings_of_after_come_back() {
        var query = new QueryParameters(List.of(new Pair("After", "0"), new Pair("source", ""), new Pair("type", "a")));
        assertThat(NextPage.address(BASE, "/Events/", query, "1", Optional.of("/party/1")))
                .isEqualTo("http://localhost:5080/Events/?after=1&After=0&source=&type=a&subject=/party/1");
    }

    @Test
    void what_would_mean_something_else_is_encoded() {
        var query = new QueryParameters(List.of(new Pair("type", "app.%&x=1+ø #\r\n")));
        assertThat(NextPage.address(BASE, "/e", query, "a b&c", Optional.empty()))
                .isEqualTo("http://localhost:5080/e?after=a%20b%26c&type=app.%25%26x=1%2B%C3%B8%20%23%0D%0A");
    }
}

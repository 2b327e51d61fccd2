package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Correspondence;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// W3C trace context goes from whoever publishes to whoever is told.
@ExtendWith(BudstikkeExtension.class)
class TraceContextTest {

    private static final String PARENT = "b7ad6b7169203331";

    private final String type = CloudEvents.randomType();
    private final String trace = "%032x".formatted(type.hashCode() | 1L << 40);

    private Api owner;
    private Api publisher;
    private Webhook webhook;

    @BeforeEach
    void subscribe(Api api, Tokens tokens, Webhook webhook) {
        this.owner = api.as(tokens.serviceOwner());
        this.publisher = api.as(tokens.publisher());
        this.webhook = webhook;
    }

    @Test
    void a_delivery_is_in_the_publishers_trace_at_a_place_of_its_own() {
        owner.establish(Subscription.to(webhook.url("/hook"))
                .resourceFilter(Parties.resourceUrn(2))
                .typeFilter(type));
        Received traced = published("00-" + trace + "-" + PARENT + "-01");
        assertThat(traced.header("traceparent").orElseThrow())
                .matches("00-" + trace + "-[0-9a-f]{16}-01")
                .doesNotContain(PARENT);
        assertThat(traced.text()).doesNotContain(trace);
        assertThat(published("00-" + trace + "-" + PARENT + "-00").header("traceparent"))
                .as("whether to record is the publisher's choice")
                .hasValueSatisfying(header -> assertThat(header).endsWith("-00"));
        assertThat(published("00-" + trace + "-nonsense-01").header("traceparent"))
                .as("an invalid header is none")
                .isEmpty();
    }

    @Test
    void what_a_timer_publishes_is_in_the_trace_of_the_request_that_called_for_it() {
        String resource = Parties.resource(4);
        owner.establish(Subscription.to(webhook.url("/hook")).resourceFilter(Parties.resourceUrn(4)));
        String id = owner.header("traceparent", "00-" + trace + "-" + PARENT + "-01")
                .initialize(Correspondence.to(Parties.RECIPIENT).resource(resource))
                .expect(200)
                .json()
                .at("/correspondences/0/correspondenceId")
                .asText();
        for (String step : new String[] {"Initialized", "Published"}) {
            Received told = webhook.awaitRequest(request -> request.text().contains(id)
                    && request.json().path("type").asText().endsWith("." + step));
            assertThat(told.header("traceparent"))
                    .as(step)
                    .hasValueSatisfying(header -> assertThat(header).startsWith("00-" + trace + "-"));
        }
    }

    @Test
    void a_problem_names_the_callers_trace() {
        String given = "00-" + trace + "-" + PARENT + "-01";
        assertThat(publisher
                        .header("traceparent", given)
                        .publish("{}")
                        .expect(400)
                        .json()
                        .path("traceId")
                        .asText())
                .isEqualTo(given);
    }

    private Received published(String traceparent) {
        CloudEvents event = CloudEvents.event().type(type);
        publisher.header("traceparent", traceparent).publish(event).expect(200);
        return webhook.awaitRequest(request -> request.text().contains(event.id()));
    }
}

package no.budstikke.delivery;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import no.budstikke.observe.Spans;
import no.budstikke.observe.Trace;
import no.budstikke.observe.Traceparent;

/// Gives each request to an endpoint its place in the trace that its event was published in; that of a
/// batch in the trace of its first event. W3C Trace Context; decision 0008.
final class TracedRequest {

    private final Spans spans;

    TracedRequest(Spans spans) {
        this.spans = spans;
    }

    /// Makes the request.
    ///
    /// @param deliveries that are made by it, not empty
    /// @param request is told its place in the trace, which the endpoint is to be told
    Outcome make(List<Delivery> deliveries, Function<Optional<Traceparent>, Outcome> request) {
        Delivery first = deliveries.getFirst();
        Spans.Work span = spans.attempt(first.event().context());
        Outcome outcome = Trace.of(span.context()).call(() -> request.apply(span.context()));
        if (span.isRecorded()) {
            span.with("messaging.message.id", first.event().event().id())
                    .with("budstikke.subscription", first.subscription())
                    .with("budstikke.attempt", first.attempts() + 1L)
                    .with("budstikke.outcome", outcome.word());
            if (first.lane().isBatched()) {
                span.with("messaging.batch.message_count", deliveries.size());
            }
            outcome.httpStatus().ifPresent(status -> span.with("http.response.status_code", status));
        }
        span.end(outcome instanceof Outcome.Accepted);
        return outcome;
    }
}

package no.budstikke.observe;

import java.util.Optional;

/// Tells a trace collector what was done, when and for how long. When nobody collects, this costs
/// nothing: a trace that a caller began still goes on to the webhooks.
public sealed interface Spans extends AutoCloseable permits Spans.Off, OtlpSpans {

    /// Nobody collects.
    Spans OFF = new Off();

    /// A request that somebody made to us.
    ///
    /// @param route what was asked for, without ids, such as `POST /events/api/v1/events`
    /// @param caller the trace that the caller works for
    Work request(String route, Optional<Traceparent> caller);

    /// An attempt to hand an event to a webhook.
    ///
    /// @param published the trace in which the event was published
    Work attempt(Optional<Traceparent> published);

    /// Sends what has not been sent yet, for a few seconds at most.
    @Override
    void close();

    /// Something that is under way. For one thread.
    interface Work {

        /// What others who work for this are to be told: a place in its trace. Empty when nobody traces
        /// it.
        Optional<Traceparent> context();

        /// Whether anybody will see it; if not, there is nothing to be told.
        default boolean isRecorded() {
            return false;
        }

        /// Tells something about it. No identity numbers, tokens or bodies.
        default Work with(String key, String value) {
            return this;
        }

        /// Tells something about it.
        default Work with(String key, long value) {
            return this;
        }

        /// Ends it.
        ///
        /// @param good whether what was tried succeeded
        default void end(boolean good) {}
    }

    /// See [#OFF].
    final class Off implements Spans {

        private static final Work UNTRACED = Optional::empty;

        private Off() {}

        @Override
        public Work request(String route, Optional<Traceparent> caller) {
            return caller.isEmpty() ? UNTRACED : () -> caller;
        }

        @Override
        public Work attempt(Optional<Traceparent> published) {
            if (published.isEmpty()) {
                return UNTRACED;
            }
            Optional<Traceparent> place = published.map(Traceparent::next);
            return () -> place;
        }

        @Override
        public void close() {}
    }
}

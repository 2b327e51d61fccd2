package no.budstikke.observe;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Sends spans to a collector over OTLP (HTTP, protobuf), in batches, from a thread of its own. A
/// collector that is slow or away costs spans, never a request or a delivery. The only class that knows
/// OpenTelemetry.
public final class OtlpSpans implements Spans {

    private static final long LAST_SPANS = 5;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /// Where to, and how much.
    ///
    /// @param endpoint of the collector's traces, such as `http://collector:4318/v1/traces`
    /// @param ratio 0 … 1 of the traces that begin here; one that a caller began is recorded when the
    ///     caller says so
    /// @param version of this program
    public record Export(URI endpoint, double ratio, String version) {}

    public OtlpSpans(Export export) {
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(export.endpoint().toString())
                .build();
        provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.builder()
                        .put("service.name", "budstikke")
                        .put("service.version", export.version())
                        .build()))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(export.ratio())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(16_384)
                        .setMaxExportBatchSize(2_048)
                        .build())
                .build();
        tracer = provider.get("no.budstikke");
    }

    @Override
    public Spans.Work request(String route, Optional<Traceparent> caller) {
        return begun(route, SpanKind.SERVER, caller);
    }

    @Override
    public Spans.Work attempt(Optional<Traceparent> published) {
        return begun("deliver", SpanKind.CLIENT, published);
    }

    private Spans.Work begun(String name, SpanKind kind, Optional<Traceparent> parent) {
        return new Begun(tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent.map(OtlpSpans::contextOf).orElseGet(Context::root))
                .startSpan());
    }

    private static Context contextOf(Traceparent parent) {
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        parent.traceId(),
                        parent.parentId(),
                        parent.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                        TraceState.getDefault())));
    }

    private static final class Begun implements Spans.Work {

        private final Span span;
        private final Optional<Traceparent> context;

        Begun(Span span) {
            this.span = span;
            SpanContext at = span.getSpanContext();
            this.context = Optional.of(new Traceparent("00-" + at.getTraceId() + "-" + at.getSpanId() + "-"
                    + at.getTraceFlags().asHex()));
        }

        @Override
        public Optional<Traceparent> context() {
            return context;
        }

        @Override
        public boolean isRecorded() {
            return span.isRecording();
        }

        @Override
        public Spans.Work with(String key, String value) {
            span.setAttribute(key, value);
            return this;
        }

        @Override
        public Spans.Work with(String key, long value) {
            span.setAttribute(key, value);
            return this;
        }

        @Override
        public void end(boolean good) {
            if (!good) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(LAST_SPANS, TimeUnit.SECONDS);
    }
}

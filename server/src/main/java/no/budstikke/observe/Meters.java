package no.budstikke.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// What the server counts, in the words of Prometheus. Everything is read when somebody looks: a meter
/// is a name for a figure that a room has anyway, so having one costs nothing while nobody looks. The
/// only class that knows Micrometer.
///
/// Filled once, by one thread; [#page()] may be asked by many.
public final class Meters implements AutoCloseable {

    /// The page's media type: Prometheus' text format.
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // Micrometer itself holds them weakly.
    private final List<LongSupplier> counters = new ArrayList<>();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /// A label of a meter and its value.
    public record Label(String name, String value) {}

    /// Something that only grows.
    ///
    /// @param name in Micrometer's spelling: `a.b` becomes `a_b_total`
    public Meters counter(String name, String meaning, LongSupplier value, Label... labels) {
        counters.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(meaning)
                .tags(tags(labels))
                .register(registry);
        return this;
    }

    /// Something that rises and falls; `NaN` while it can't be told.
    ///
    /// @param name in Micrometer's spelling: `a.b` becomes `a_b`
    public Meters gauge(String name, String meaning, DoubleSupplier value, Label... labels) {
        Gauge.builder(name, value::getAsDouble)
                .description(meaning)
                .tags(tags(labels))
                .register(registry);
        return this;
    }

    /// How long something takes.
    ///
    /// @param name as it stands on the page, ending in `_seconds`
    public Meters histogram(String name, String meaning, Durations durations) {
        return histogram(name, meaning, Map.of(Labels.EMPTY, durations));
    }

    /// How long something takes, told apart by the values of one label.
    public Meters histogram(String name, String meaning, String label, Map<String, Durations> durations) {
        var labelled = new java.util.HashMap<Labels, Durations>();
        durations.forEach((value, one) -> labelled.put(Labels.of(label, value), one));
        return histogram(name, meaning, labelled);
    }

    private Meters histogram(String name, String meaning, Map<Labels, Durations> durations) {
        registry.getPrometheusRegistry().register((Collector) () -> {
            HistogramSnapshot.Builder snapshot =
                    HistogramSnapshot.builder().name(name).help(meaning);
            durations.forEach((labels, one) -> snapshot.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(labels)
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(Durations.bounds(), one.counts()))
                    .sum(one.seconds())
                    .build()));
            return snapshot.build();
        });
        return this;
    }

    /// The Java virtual machine and the process, under the names that common dashboards know.
    public Meters virtualMachine() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        return this;
    }

    /// All meters as they stand now.
    public String page() {
        return registry.scrape();
    }

    private static List<Tag> tags(Label... labels) {
        return java.util.Arrays.stream(labels)
                .map(label -> Tag.of(label.name(), label.value()))
                .toList();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}

package no.budstikke.observe;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the current thread works for: bound to a request while it is answered, to a timer while it runs,
/// to a delivery while it is attempted. For logs and traces only; nothing is decided by it.
public final class Trace {

    private static final ScopedValue<Trace> CURRENT = ScopedValue.newInstance();

    private final @Nullable Traceparent context;

    // Made when it is first asked for: few requests need one. Confined to the thread that the trace is bound to.
    private @Nullable Traceparent named;

    private Trace(@Nullable Traceparent context) {
        this.context = context;
    }

    /// Work that is part of somebody's trace.
    public static Trace of(Traceparent context) {
        return new Trace(context);
    }

    /// Work that is part of this trace, if of any.
    public static Trace of(Optional<Traceparent> context) {
        return new Trace(context.orElse(null));
    }

    /// The trace that the current thread works for.
    public static Optional<Trace> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /// What the events that the current thread appends are part of: empty when nobody traces this.
    public static Optional<Traceparent> currentContext() {
        return CURRENT.isBound() ? CURRENT.get().context() : Optional.empty();
    }

    /// Does the work within this trace.
    public <T> T call(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /// Does the work within this trace.
    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /// Empty when nobody traces this.
    public Optional<Traceparent> context() {
        return Optional.ofNullable(context);
    }

    /// The context, else one made up so that a problem document and the log lines about it can be found
    /// together.
    public Traceparent name() {
        Traceparent known = context != null ? context : named;
        if (known == null) {
            known = Traceparent.random();
            named = known;
        }
        return known;
    }
}

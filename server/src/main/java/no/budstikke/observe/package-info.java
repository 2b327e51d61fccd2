/// What an operator sees of the running server: traces, durations, log lines. In come figures that the
/// rooms count anyway; out go spans, meters and clean log lines. Knows no other room; every room may
/// know the plain values here ([Trace], [Traceparent]). docs/decisions/0008-metrics-and-tracing.md.
@NullMarked
package no.budstikke.observe;

import org.jspecify.annotations.NullMarked;

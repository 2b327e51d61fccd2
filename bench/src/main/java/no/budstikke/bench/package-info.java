/// Load generators and measurements; not shipped. In: a running Budstikke, started here as a process of
/// its own. Out: tables, JSON, and the figures of `docs/benchmarks.md`.
///
/// Each measurement takes the raw limit (plain JDBC, the bare web client, the generator against the bare
/// receiver) in the same run, and counts what was lost or repeated. Knows the testkit, never the
/// server's classes.
@NullMarked
package no.budstikke.bench;

import org.jspecify.annotations.NullMarked;

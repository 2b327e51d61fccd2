/// Durable timers: something is to happen at a time, even if the process is restarted before. Knows
/// `database` and `time`.
///
/// In: a name, an id and a time, in the transaction of whatever calls for it. Out: a call of the action
/// that was
/// registered under that name, at least once. Every node of one database shares the work.
@NullMarked
package no.budstikke.schedule;

import org.jspecify.annotations.NullMarked;

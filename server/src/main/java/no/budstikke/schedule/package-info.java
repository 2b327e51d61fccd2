/// Durable timers: something is to happen at a time, even if the process is restarted before. Knows
/// `database` and
/// `time`.
@NullMarked
package no.budstikke.schedule;

import org.jspecify.annotations.NullMarked;

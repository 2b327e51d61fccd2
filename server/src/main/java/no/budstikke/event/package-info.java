/// CloudEvents: reading and writing them, the log that keeps them in commit order, publishing and
/// querying. Knows
/// `database`, `access`, `party`,
/// `identity`, `http`, `time`.
///
/// Spec: events §2.3, §2.4, §2.7, §3, §7, §9; design §4.1.
@NullMarked
package no.budstikke.event;

import org.jspecify.annotations.NullMarked;

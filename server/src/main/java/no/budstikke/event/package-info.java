/// CloudEvents: reading and writing them, the log that keeps them in commit order, publishing and
/// querying.
///
/// In come published events ([EventRoom#addRoutes]) and those of other rooms ([EventLog#append]); out go
/// events in the order of the log ([EventFeed]) and pages of them. Knows `database`, `access`, `party`,
/// `identity`, `http`, `time`.
///
/// Spec: events §2.3, §2.4, §2.7, §3, §7, §9; design §4.1; docs/decisions/0004-event-log.md.
@NullMarked
package no.budstikke.event;

import org.jspecify.annotations.NullMarked;

/// Correspondences: their life cycle, use cases, API and store.
///
/// In: requests to send, show, read, confirm, purge and search
/// ([no.budstikke.correspondence.CorrespondenceRoom] adds
/// the routes); timers for publishing and due dates. Out: answers, and events in the event log, written
/// in the same
/// transaction as the step that they tell of.
///
/// Knows `event`, `access`, `resource`, `party`, `schedule`, `identity`, `database`, `http`, `time`.
///
/// Spec: correspondence §1–§5, §6.2, §6.3, §9.2–§9.4.
@NullMarked
package no.budstikke.correspondence;

import org.jspecify.annotations.NullMarked;

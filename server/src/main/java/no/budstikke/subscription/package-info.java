/// Who wants to hear of what: subscriptions, their filters, and the index that finds the matching ones.
/// Knows `event`, `access`, `resource`, `party`, `identity`, `schedule`, `database`, `http`, `time`.
///
/// In: requests of subscribers; from `delivery`, that an endpoint has been validated. Out: for an event,
/// the subscriptions that match; the timer that asks for a validation.
///
/// Spec: events §4, §5.1–§5.4; design §1, §4.2.
@NullMarked
package no.budstikke.subscription;

import org.jspecify.annotations.NullMarked;

/// Brings events to webhooks: feed → match → authorise → push → settle; retries, backlog, dead letters,
/// attempts. Knows `subscription`, `access`, `event`, `party`, `schedule`, `database`, `time`.
///
/// Words: a **delivery** is one event for one subscription; an **attempt** one HTTP request; a **lane**
/// the in-memory queue of one subscription; the **backlog** the durable table of deliveries that did not
/// succeed at once; the **cursor** the place in the log up to which every matched delivery is settled.
/// Spec: events §6; design §4.3.
@NullMarked
package no.budstikke.delivery;

import org.jspecify.annotations.NullMarked;

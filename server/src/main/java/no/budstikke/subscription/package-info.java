/// Who wants to hear of what: subscriptions, their filters, and the index that finds the matching ones.
/// Knows
/// `event`,
/// `access`, `party`, `identity`,
/// `schedule`, `database`, `http`, `time`.
///
/// Spec: events §4, §5.1–§5.4; design §1, §4.2.
@NullMarked
package no.budstikke.subscription;

import org.jspecify.annotations.NullMarked;

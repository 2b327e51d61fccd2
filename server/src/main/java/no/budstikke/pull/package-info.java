/// Subscribers that fetch their events themselves: a subscription without an endpoint is a durable
/// cursor in the log.
///
/// In come requests of the subscription's owner; out go the events after its cursor, in the order of the
/// log, that match and that it has a right to. Knows `subscription` (where the cursor is kept), `event`,
/// `access`, `party`, `identity`, `http`, `database`, `time`.
///
/// None of it is in Altinn's contract; docs/decisions/0013-owner.md.
@NullMarked
package no.budstikke.pull;

import org.jspecify.annotations.NullMarked;

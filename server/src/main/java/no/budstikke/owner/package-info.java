/// What the owner of a subscription sees of its deliveries, and how it repairs them: each delivery with
/// its attempts, or why there was none; resending one, replaying many.
///
/// In come the owner's requests; out go rows in the backlog ([no.budstikke.delivery.Redelivery]). Reads
/// the tables of room `delivery`, and writes none of them itself, so that nothing here is on the way of
/// an event. Knows `delivery`, `subscription`, `event`, `access`, `identity`, `http`, `database`,
/// `time`.
///
/// None of it is in Altinn's contract; docs/decisions/0013-owner.md.
@NullMarked
package no.budstikke.owner;

import org.jspecify.annotations.NullMarked;

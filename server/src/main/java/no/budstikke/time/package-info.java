/// The only sources of time and of ids. Everybody else is handed an `InstantSource` and an [Ids], so that
/// the clock
/// can
/// be moved and ids can
/// be foreseen. Knows no other room.
@NullMarked
package no.budstikke.time;

import org.jspecify.annotations.NullMarked;

/// Who there is: organisations and persons, their numbers, party ids and names. Knows `database`, `time`
/// and `http`.
///
/// Spec: correspondence §1.1; authorization §11, §12.
@NullMarked
package no.budstikke.party;

import org.jspecify.annotations.NullMarked;

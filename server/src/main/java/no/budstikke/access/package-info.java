/// May this caller do this to that: the decision point, which follows the resource's policy document, and
/// the cache
/// of
/// its decisions. The only place
/// where access is decided. Knows `resource`, `party`, `identity`.
///
/// Spec: authorization §15–§17; correspondence §9.4, §9.5; events §5.6–§5.9.
@NullMarked
package no.budstikke.access;

import org.jspecify.annotations.NullMarked;

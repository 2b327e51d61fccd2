/// Correspondences: their life cycle, use cases, API and store. Knows `event`, `access`, `resource`,
/// `party`,
/// `schedule`, `identity`, `database`,
/// `http`, `time`.
///
/// Spec: correspondence §1–§5, §6.3.
@NullMarked
package no.budstikke.correspondence;

import org.jspecify.annotations.NullMarked;

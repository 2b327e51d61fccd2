/// The resource registry: what may be sent, who owns it, and the policy document that says who may do
/// what with it.
/// Knows `party`, `database`,
/// `http`.
///
/// Spec: authorization §14, §15.
@NullMarked
package no.budstikke.resource;

import org.jspecify.annotations.NullMarked;

/// Who calls: tokens, issuers, scopes, the [no.budstikke.identity.Caller]; in development also the
/// embedded issuer
/// and
/// its test tokens. Knows
/// `party`, `http`, `time`.
///
/// Spec: authorization §2–§9, §22; events §8; correspondence §9.1–§9.3.
@NullMarked
package no.budstikke.identity;

import org.jspecify.annotations.NullMarked;

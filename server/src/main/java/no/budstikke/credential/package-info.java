/// What is kept for a subscription's endpoint so that the two sides know each other: the secrets that
/// deliveries are signed with (Standard Webhooks), and the certificates and token endpoint that let us
/// in at the receiver. Beside them this server's own signing keys. Comes in: the owner's requests. Goes
/// out: signatures and credentials, for `delivery`. Knows `subscription`, `schedule`, `identity`,
/// `http`, `database`, `time`.
///
/// Everything secret lies sealed in the database, and open in memory. Decision 0012.
@NullMarked
package no.budstikke.credential;

import org.jspecify.annotations.NullMarked;

/// HTTP plumbing: routing rules (case, slashes), requests and replies, problem documents, JSON. The only
/// room,
/// besides
/// the webhook client, that
/// knows the web framework; everybody else speaks [no.budstikke.http.Request] and
/// [no.budstikke.http.Reply]. Knows no
/// other room.
///
/// Spec: events §2 (general rules), §9; correspondence §2.0, §3.1.
@NullMarked
package no.budstikke.http;

import org.jspecify.annotations.NullMarked;

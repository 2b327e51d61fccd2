package no.budstikke.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// Someone's wish to get matching events, on a webhook or by fetching them. Spec: events §4.1.
///
/// @param id a 32-bit number, as the API shows it
/// @param endPointUrl where to push, the query kept as it was sent; empty when the subscriber fetches
///     its events itself
/// @param filters what must match
/// @param terms how it wants its events
/// @param consumer whose it is: `/org/ttd`, `/organisation/…`, `/user/…`, `/systemuser/…`
/// @param createdBy always the consumer, so far
/// @param created to the microsecond
/// @param validated whether the endpoint has answered the validation event; nothing is pushed before
/// @param standing whether it gets its events now
public record Subscription(
        int id,
        Optional<CanonicalUrl> endPointUrl,
        Filters filters,
        Terms terms,
        String consumer,
        String createdBy,
        Instant created,
        boolean validated,
        Standing standing) {

    /// The filters as they were given, addresses and resource in their canonical spelling; an absent one
    /// matches everything.
    ///
    /// @param includeSubunits whether events of the subject's subunits are wanted too
    public record Filters(
            Optional<CanonicalUrl> source,
            String resource,
            Optional<String> subject,
            Optional<String> alternativeSubject,
            Optional<String> type,
            boolean includeSubunits) {

        /// The same on another resource.
        Filters onResource(String other) {
            return new Filters(source, other, subject, alternativeSubject, type, includeSubunits);
        }
    }

    /// Where to push. Parsed anew with every call, because a million of these are kept in memory.
    ///
    /// @throws IllegalStateException when nothing is pushed to it ([#isPulled()])
    public URI endPoint() {
        return endPointUrl
                .orElseThrow(() -> new IllegalStateException("subscription " + id + " has no endpoint"))
                .uri();
    }

    /// Whether the subscriber fetches its events itself.
    public boolean isPulled() {
        return endPointUrl.isEmpty();
    }
}

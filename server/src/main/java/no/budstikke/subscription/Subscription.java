package no.budstikke.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// Someone's wish to get matching events on a webhook. Spec: events §4.1.
///
/// @param id a 32-bit number, as the API shows it
/// @param endPointUrl where to push; the query is kept as it was sent
/// @param filters what must match
/// @param consumer whose it is: `/org/ttd`, `/organisation/…`, `/user/…`, `/systemuser/…`
/// @param createdBy always the consumer, so far
/// @param created to the microsecond
/// @param validated whether the endpoint has answered the validation event; nothing is pushed before
public record Subscription(
        int id,
        CanonicalUrl endPointUrl,
        Filters filters,
        String consumer,
        String createdBy,
        Instant created,
        boolean validated) {

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
            boolean includeSubunits) {}

    /// Where to push. Parsed anew with every call, because a million of these are kept in memory.
    public URI endPoint() {
        return endPointUrl.uri();
    }
}

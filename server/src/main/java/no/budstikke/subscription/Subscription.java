package no.budstikke.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// Someone's wish to get matching events on a webhook. Spec: events §4.1.
///
/// @param id        a 32-bit number, as the API shows it
/// @param endPoint  where to push; the query is kept as it was sent
/// @param filters   what must match
/// @param consumer  whose it is: `/org/ttd`, `/organisation/…`, `/user/…`, `/systemuser/…`
/// @param validated whether the endpoint has answered the validation event; nothing is pushed before
public record Subscription(
        int id, URI endPoint, Filters filters, String consumer, String createdBy, Instant created, boolean validated) {

    /// The filters as they were given, in their canonical spelling; an absent one matches everything.
    public record Filters(
            Optional<String> source,
            Optional<String> resource,
            Optional<String> subject,
            Optional<String> alternativeSubject,
            Optional<String> type,
            boolean includeSubunits) {}
}

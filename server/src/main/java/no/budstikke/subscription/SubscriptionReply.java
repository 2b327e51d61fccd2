package no.budstikke.subscription;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A subscription as the API shows it; absent filters are left out. Spec: events §4.1. Unlike Altinn it
/// also shows
/// the alternative subject, which is stored here.
record SubscriptionReply(
        int id,
        String endPoint,
        @Nullable String sourceFilter,
        String resourceFilter,
        @Nullable String subjectFilter,
        @Nullable String alternativeSubjectFilter,
        @Nullable String typeFilter,
        String consumer,
        String createdBy,
        String created,
        boolean validated,
        boolean includeSubunits) {

    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static SubscriptionReply of(Subscription subscription) {
        Subscription.Filters filters = subscription.filters();
        return new SubscriptionReply(
                subscription.id(),
                subscription.endPointUrl().text(),
                filters.source().map(CanonicalUrl::text).orElse(null),
                filters.resource(),
                filters.subject().orElse(null),
                filters.alternativeSubject().orElse(null),
                filters.type().orElse(null),
                subscription.consumer(),
                subscription.createdBy(),
                MICROSECONDS.format(subscription.created()),
                subscription.validated(),
                filters.includeSubunits());
    }

    /// Spec: events §2.9.
    record Listing(int count, List<SubscriptionReply> subscriptions) {

        Listing {
            subscriptions = List.copyOf(subscriptions);
        }

        static Listing of(List<Subscription> subscriptions) {
            return new Listing(
                    subscriptions.size(),
                    subscriptions.stream().map(SubscriptionReply::of).toList());
        }
    }
}

package no.budstikke.subscription;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A subscription as the API shows it; absent filters are left out. Spec: events §4.1. Unlike Altinn it
/// also shows the alternative subject, which is stored here; and, only when they differ from what Altinn
/// does, the terms and the standing.
record SubscriptionReply(
        int id,
        @Nullable String endPoint,
        @Nullable String sourceFilter,
        String resourceFilter,
        @Nullable String subjectFilter,
        @Nullable String alternativeSubjectFilter,
        @Nullable String typeFilter,
        String consumer,
        String createdBy,
        String created,
        boolean validated,
        boolean includeSubunits,
        @Nullable String notation,
        @Nullable String ordering,
        @Nullable Delivery delivery,
        @Nullable String status,
        @Nullable String statusSince,
        @Nullable String statusReason) {

    /// How requests to the endpoint are made.
    record Delivery(
            @Nullable String mode,
            @Nullable Batch batch,
            @Nullable String signature) {}

    record Batch(int max, long waitMs) {}

    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static SubscriptionReply of(Subscription subscription) {
        Subscription.Filters filters = subscription.filters();
        Terms terms = subscription.terms();
        return new SubscriptionReply(
                subscription.id(),
                subscription.endPointUrl().map(CanonicalUrl::text).orElse(null),
                filters.source().map(CanonicalUrl::text).orElse(null),
                filters.resource(),
                filters.subject().orElse(null),
                filters.alternativeSubject().orElse(null),
                filters.type().orElse(null),
                subscription.consumer(),
                subscription.createdBy(),
                MICROSECONDS.format(subscription.created()),
                subscription.validated(),
                filters.includeSubunits(),
                terms.notation()
                        .map(notation -> notation.name().toLowerCase(Locale.ROOT))
                        .orElse(null),
                switch (terms.ordering()) {
                    case NONE -> null;
                    case RESOURCE_INSTANCE -> "resourceInstance";
                },
                delivery(subscription),
                switch (subscription.standing()) {
                    case Standing.Active _ -> null;
                    case Standing.Paused _ -> "paused";
                    case Standing.Disabled _ -> "disabled";
                },
                switch (subscription.standing()) {
                    case Standing.Active _ -> null;
                    case Standing.Paused paused -> MICROSECONDS.format(paused.since());
                    case Standing.Disabled disabled -> MICROSECONDS.format(disabled.since());
                },
                switch (subscription.standing()) {
                    case Standing.Active _, Standing.Paused _ -> null;
                    case Standing.Disabled disabled -> disabled.reason();
                });
    }

    private static @Nullable Delivery delivery(Subscription subscription) {
        Terms terms = subscription.terms();
        Batch batch = terms.batch()
                .map(asked -> new Batch(asked.max(), asked.patience().toMillis()))
                .orElse(null);
        String signature = terms.signature() == Terms.Signature.SECRET_AND_KEY ? "v1a" : null;
        String mode = subscription.isPulled() ? "pull" : null;
        return mode == null && batch == null && signature == null ? null : new Delivery(mode, batch, signature);
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

package no.budstikke.subscription;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import no.budstikke.event.ResourceUrn;
import org.jspecify.annotations.Nullable;

/// What may be subscribed to, as far as the request and the token's scopes tell; the guards stand in the
/// contract's order. Spec: events §4.2–§4.4.
///
/// @param rejectUnsupportedFilters whether filters that today's Altinn refuses on resources like ours
///     are refused here too (design §1)
record SubscriptionRules(EndpointRule endpoints, Sources sources, boolean rejectUnsupportedFilters) {

    private static final String SUBSCRIBE = "altinn:events.subscribe";

    sealed interface Verdict {

        /// @param endPoint empty when the subscriber will fetch its events itself
        record Granted(Optional<CanonicalUrl> endPoint, Subscription.Filters filters, Terms terms) implements Verdict {}

        record Refused(Refusal why) implements Verdict {}

        /// A member that should be an address begins like one, but can't be one.
        record Unreadable(String member) implements Verdict {}
    }

    Verdict of(SubscriptionRequest request, Set<String> scopes) {
        var endPoint = CanonicalUrl.read(textOrEmpty(request.endPoint()));
        var source = given(request.sourceFilter()).map(CanonicalUrl::read);
        if (endPoint instanceof CanonicalUrl.Reading.Unparsable) {
            return new Verdict.Unreadable("endPoint");
        }
        if (source.isPresent() && source.get() instanceof CanonicalUrl.Reading.Unparsable) {
            return new Verdict.Unreadable("sourceFilter");
        }
        if (!(endPoint instanceof CanonicalUrl.Reading.Web(CanonicalUrl endPointUrl))
                || !endpoints.allows(endPointUrl)) {
            return refused(Refusal.ENDPOINT);
        }
        Optional<CanonicalUrl> sourceUrl = source.flatMap(this::allowedSource);
        if (source.isPresent() && sourceUrl.isEmpty()) {
            return refused(Refusal.SOURCE);
        }
        // Here the contract tells subscriptions on apps (§4.3) from generic ones; so far every one is generic.
        return generic(request, scopes, endPointUrl, sourceUrl);
    }

    private Optional<CanonicalUrl> allowedSource(CanonicalUrl.Reading reading) {
        return reading instanceof CanonicalUrl.Reading.Web(CanonicalUrl url)
                        && (endpoints.allows(url) || sources.isOurs(url))
                ? Optional.of(url)
                : Optional.empty();
    }

    private Verdict generic(
            SubscriptionRequest request, Set<String> scopes, CanonicalUrl endPoint, Optional<CanonicalUrl> source) {
        String resource = textOrEmpty(request.resourceFilter()).toLowerCase(Locale.ROOT);
        Optional<String> subject = given(request.subjectFilter());
        Optional<String> alternativeSubject = given(request.alternativeSubjectFilter());
        if (scopes.stream().noneMatch(SUBSCRIBE::equalsIgnoreCase)) {
            return refused(Refusal.NO_SCOPE);
        }
        if (!resource.isEmpty() && ResourceUrn.parse(resource).isEmpty()) {
            return refused(Refusal.RESOURCE_NO_URN);
        }
        if (resource.isEmpty()) {
            return refused(Refusal.NO_RESOURCE);
        }
        if (rejectUnsupportedFilters && source.isPresent()) {
            return refused(Refusal.SOURCE_NOT_SUPPORTED);
        }
        if (rejectUnsupportedFilters && alternativeSubject.isPresent()) {
            return refused(Refusal.ALTERNATIVE_SUBJECT_NOT_SUPPORTED);
        }
        if (request.includeSubunits() && subject.isEmpty()) {
            return refused(Refusal.SUBUNITS_WITHOUT_SUBJECT);
        }
        return new Verdict.Granted(
                Optional.of(endPoint),
                new Subscription.Filters(
                        source,
                        resource,
                        subject,
                        alternativeSubject,
                        given(request.typeFilter())
                                .filter(filter -> !TypeFilter.types(filter).isEmpty()),
                        request.includeSubunits()),
                request.terms());
    }

    /// An empty filter is taken as none, for it could match nothing. Spec: events Q8.
    private static Optional<String> given(@Nullable String filter) {
        return Optional.ofNullable(filter).filter(text -> !text.isEmpty());
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static Verdict refused(Refusal why) {
        return new Verdict.Refused(why);
    }
}

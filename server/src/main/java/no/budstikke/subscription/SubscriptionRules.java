package no.budstikke.subscription;

import java.util.Locale;
import java.util.Optional;
import no.budstikke.event.ResourceUrn;
import no.budstikke.identity.Caller;
import org.jspecify.annotations.Nullable;

/// What may be subscribed to, as far as the request and the token tell; the guards stand in the
/// contract's order. The one place that tells subscriptions on apps, which need no scope, from the
/// others. Spec: events §4.2–§4.4.
///
/// @param rejectUnsupportedFilters whether filters that today's Altinn refuses on resources like ours
///     are refused here too (design §1)
record SubscriptionRules(EndpointRule endpoints, Sources sources, boolean rejectUnsupportedFilters, AppRules apps) {

    private static final String SUBSCRIBE = "altinn:events.subscribe";
    private static final String NO_ADDRESS = "The JSON value could not be converted to a URI.";

    sealed interface Verdict {

        /// It may be.
        ///
        /// @param endPoint empty when the subscriber will fetch its events itself
        record Granted(Optional<CanonicalUrl> endPoint, Subscription.Filters filters, Terms terms) implements Verdict {}

        record Refused(Refusal why) implements Verdict {}

        /// A member can't mean anything: it should be an address, or does not go with another one.
        ///
        /// @param why one sentence
        record Unreadable(String member, String why) implements Verdict {}
    }

    /// What the rules of one kind make of the filters.
    sealed interface Ruling {

        record Granted(Subscription.Filters filters) implements Ruling {}

        record Refused(Refusal why) implements Ruling {}
    }

    Verdict of(SubscriptionRequest request, Caller caller) {
        var endPoint = CanonicalUrl.read(textOrEmpty(request.endPoint()));
        var source = given(request.sourceFilter()).map(CanonicalUrl::read);
        if (endPoint instanceof CanonicalUrl.Reading.Unparsable) {
            return new Verdict.Unreadable("endPoint", NO_ADDRESS);
        }
        if (source.isPresent() && source.get() instanceof CanonicalUrl.Reading.Unparsable) {
            return new Verdict.Unreadable("sourceFilter", NO_ADDRESS);
        }
        boolean pulled = request.pull().isPresent();
        Optional<CanonicalUrl> endPointUrl = allowedEndPoint(endPoint);
        if (pulled && !textOrEmpty(request.endPoint()).isEmpty()) {
            return refused(Refusal.PULLED_WITH_ENDPOINT);
        }
        if (!pulled && endPointUrl.isEmpty()) {
            return refused(Refusal.ENDPOINT);
        }
        if (request.terms().batch().isPresent()
                && endPointUrl.filter(CanonicalUrl::isSlack).isPresent()) {
            return new Verdict.Unreadable("delivery.batch", "Slack takes one event at a time, not a batch.");
        }
        Optional<CanonicalUrl> sourceUrl = source.flatMap(this::allowedSource);
        if (source.isPresent() && sourceUrl.isEmpty()) {
            return refused(Refusal.SOURCE);
        }
        var asked = new Subscription.Filters(
                sourceUrl,
                textOrEmpty(request.resourceFilter()),
                given(request.subjectFilter()),
                given(request.alternativeSubjectFilter()),
                given(request.typeFilter())
                        .filter(filter -> !TypeFilter.types(filter).isEmpty()),
                request.includeSubunits());
        boolean app = AppRules.isApp(asked.resource())
                || sourceUrl.filter(apps::isOfApps).isPresent();
        if (!app && caller.scopes().stream().noneMatch(SUBSCRIBE::equalsIgnoreCase)) {
            return refused(Refusal.NO_SCOPE);
        }
        if (!asked.resource().isEmpty()
                && ResourceUrn.parse(asked.resource().toLowerCase(Locale.ROOT)).isEmpty()) {
            return refused(Refusal.RESOURCE_NO_URN);
        }
        return switch (app ? apps.of(caller, asked) : generic(asked)) {
            case Ruling.Granted(Subscription.Filters filters) ->
                new Verdict.Granted(endPointUrl, filters, request.terms());
            case Ruling.Refused(Refusal why) -> refused(why);
        };
    }

    private Optional<CanonicalUrl> allowedEndPoint(CanonicalUrl.Reading reading) {
        return reading instanceof CanonicalUrl.Reading.Web(CanonicalUrl url) && endpoints.allows(url)
                ? Optional.of(url)
                : Optional.empty();
    }

    private Optional<CanonicalUrl> allowedSource(CanonicalUrl.Reading reading) {
        return reading instanceof CanonicalUrl.Reading.Web(CanonicalUrl url)
                        && (endpoints.allows(url) || sources.isOurs(url))
                ? Optional.of(url)
                : Optional.empty();
    }

    private Ruling generic(Subscription.Filters asked) {
        if (asked.resource().isEmpty()) {
            return new Ruling.Refused(Refusal.NO_RESOURCE);
        }
        if (rejectUnsupportedFilters && asked.source().isPresent()) {
            return new Ruling.Refused(Refusal.SOURCE_NOT_SUPPORTED);
        }
        if (rejectUnsupportedFilters && asked.alternativeSubject().isPresent()) {
            return new Ruling.Refused(Refusal.ALTERNATIVE_SUBJECT_NOT_SUPPORTED);
        }
        if (asked.includeSubunits() && asked.subject().isEmpty()) {
            return new Ruling.Refused(Refusal.SUBUNITS_WITHOUT_SUBJECT);
        }
        return new Ruling.Granted(asked.onResource(asked.resource().toLowerCase(Locale.ROOT)));
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

package no.budstikke.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.resource.Resource;
import org.jspecify.annotations.Nullable;

/// Tells a subscriber of filters that can't do what they look like. Design §1.
///
/// @param isCorrespondenceResource asked with a bare resource id
record FilterWarnings(Sources sources, Parties parties, Predicate<String> isCorrespondenceResource) {

    private static final int LONGEST_QUOTE = 100;

    /// One sentence for each filter that is overlooked or can never match.
    List<String> about(SubscriptionRequest request, Subscription.Filters filters) {
        var warnings = new ArrayList<String>();
        emptyFilters(request)
                .map(name -> name + " is empty and was taken as absent")
                .forEach(warnings::add);
        filters.source()
                .filter(source -> isCorrespondence(filters.resource()) && !sources.hasCorrespondenceEvents(source))
                .map(source -> "sourceFilter " + quoted(source.text())
                        + " can never match: no correspondence event has a source at or below it")
                .ifPresent(warnings::add);
        filters.type().stream()
                .flatMap(filter -> TypeFilter.types(filter).stream())
                .filter(FilterWarnings::isUnknownCorrespondenceType)
                .map(type -> "typeFilter " + quoted(type) + " can never match: there is no such correspondence event")
                .forEach(warnings::add);
        if (request.alternativeSubjectFilter() != null
                && !request.alternativeSubjectFilter().isEmpty()
                && request.subjectFilter() != null
                && !request.subjectFilter().isEmpty()
                && AppRules.isApp(filters.resource())) {
            warnings.add("alternativeSubjectFilter was not looked at: subscriptions on an app go by subjectFilter");
        }
        filters.subject()
                .filter(_ -> filters.includeSubunits())
                .filter(subject -> Parties.read(parties, subject).isEmpty())
                .map(subject -> "includeSubunits does nothing: subjectFilter " + quoted(subject) + " names no party")
                .ifPresent(warnings::add);
        Criteria.of(filters, sources, parties)
                .contradiction()
                .map(reason -> reason + " and can never match both")
                .ifPresent(warnings::add);
        return List.copyOf(warnings);
    }

    private static Stream<String> emptyFilters(SubscriptionRequest request) {
        var empty = new ArrayList<String>();
        if (isEmpty(request.sourceFilter())) {
            empty.add("sourceFilter");
        }
        if (isEmpty(request.subjectFilter())) {
            empty.add("subjectFilter");
        }
        if (isEmpty(request.alternativeSubjectFilter())) {
            empty.add("alternativeSubjectFilter");
        }
        if (request.typeFilter() != null
                && TypeFilter.types(request.typeFilter()).isEmpty()) {
            empty.add("typeFilter");
        }
        return empty.stream();
    }

    private static boolean isEmpty(@Nullable String filter) {
        return filter != null && filter.isEmpty();
    }

    private boolean isCorrespondence(String resource) {
        return resource.startsWith(Resource.URN_PREFIX)
                && isCorrespondenceResource.test(resource.substring(Resource.URN_PREFIX.length()));
    }

    private static boolean isUnknownCorrespondenceType(String type) {
        String prefix = CorrespondenceEventType.PREFIX;
        return type.regionMatches(true, 0, prefix, 0, prefix.length())
                && CorrespondenceEventType.parse(type).isEmpty();
    }

    /// Fit for a header field: one line of plain characters, not too long.
    private static String quoted(String text) {
        String plain = text.replaceAll("[^\\x21-\\x7e]", "?");
        return "'" + (plain.length() <= LONGEST_QUOTE ? plain : plain.substring(0, LONGEST_QUOTE) + "...") + "'";
    }
}

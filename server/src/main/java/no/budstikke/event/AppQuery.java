package no.budstikke.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import no.budstikke.http.QueryParameters;
import no.budstikke.party.OrganizationNumber;

/// What a query for app events asks for. Texts are empty when they were not given. Spec: events §2.5,
/// §2.6.
///
/// @param party 0 or less for none
/// @param types patterns of which one must match; none for any
/// @param sources as `types`; looked at only in the query of an end user
record AppQuery(
        String after,
        Optional<QueryTime> from,
        Optional<QueryTime> to,
        int party,
        String unit,
        String person,
        List<String> types,
        List<String> sources,
        int size) {

    private static final int DEFAULT_SIZE = 50;
    private static final String ZONE =
            "The '%s' parameter must specify timezone. E.g. 2022-07-07T11:00:53.3917Z for UTC";

    AppQuery {
        types = List.copyOf(types);
        sources = List.copyOf(sources);
    }

    sealed interface Reading {

        record Understood(AppQuery query) implements Reading {}

        /// Parameters that are no number or no date, by name.
        record Unreadable(Map<String, List<String>> errors) implements Reading {

            public Unreadable {
                errors = Map.copyOf(errors);
            }
        }
    }

    /// @param person the header of that name
    static Reading read(QueryParameters query, Optional<String> person) {
        var errors = new LinkedHashMap<String, List<String>>();
        Optional<QueryTime> from = parameter(query, "from", QueryTime::parse, errors);
        Optional<QueryTime> to = parameter(query, "to", QueryTime::parse, errors);
        Optional<Integer> party = parameter(query, "party", AppQuery::integer, errors);
        Optional<Integer> size = parameter(query, "size", AppQuery::integer, errors);
        if (!errors.isEmpty()) {
            return new Reading.Unreadable(errors);
        }
        return new Reading.Understood(new AppQuery(
                query.first("after").orElse(""),
                from,
                to,
                party.orElse(0),
                query.first("unit").orElse(""),
                person.orElse(""),
                Patterns.of(query.all("type")),
                Patterns.of(query.all("source")),
                size.orElse(DEFAULT_SIZE)));
    }

    private static <T> Optional<T> parameter(
            QueryParameters query, String name, Function<String, Optional<T>> parse, Map<String, List<String>> errors) {
        String written = query.first(name).orElse("");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = parse.apply(written);
        if (value.isEmpty()) {
            errors.put(name, List.of("The value '%s' is not valid.".formatted(written)));
        }
        return value;
    }

    private static Optional<Integer> integer(String text) {
        try {
            return Optional.of(Integer.parseInt(text.strip()));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// What is wrong with it, in the contract's order and words. That unit and person exclude each other
    /// is ours: the contract leaves it to the register, which can't answer.
    Optional<String> refusal() {
        if (after.isEmpty() && from.isEmpty()) {
            return Optional.of("The 'From' or 'After' parameter must be defined.");
        }
        if (lacksZone(from)) {
            return Optional.of(ZONE.formatted("From"));
        }
        if (lacksZone(to)) {
            return Optional.of(ZONE.formatted("To"));
        }
        if (size < 1) {
            return Optional.of("The 'Size' parameter must be a number larger that 0.");
        }
        if (!person.isEmpty() && party > 0) {
            return Optional.of("Only one of 'Party' or 'Person' can be defined.");
        }
        if (!unit.isEmpty() && party > 0) {
            return Optional.of("Only one of 'Party' or 'Unit' can be defined.");
        }
        if (!unit.isEmpty() && OrganizationNumber.ofDigits(unit).isEmpty()) {
            return Optional.of("Value of 'Unit' needs to be exactly 9 digits.");
        }
        return unit.isEmpty() || person.isEmpty()
                ? Optional.empty()
                : Optional.of("Only one of 'Unit' or 'Person' can be defined.");
    }

    private static boolean lacksZone(Optional<QueryTime> bound) {
        return bound.isPresent() && bound.get().offset().isEmpty();
    }

    /// What is wrong with it when it must be about somebody.
    Optional<String> refusalWithoutSubject() {
        return party <= 0 && unit.isEmpty() && person.isEmpty()
                ? Optional.of(
                        "Subject must be specified using either query params party or unit or header value person.")
                : Optional.empty();
    }
}

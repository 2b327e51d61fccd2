package no.budstikke.correspondence;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import no.budstikke.http.QueryParameters;
import no.budstikke.party.PartyIdentifier;

/// What is searched for. Spec: correspondence §2.2 P6.
///
/// @param resource compared exactly with the bare id
/// @param from     exclusive, as is `to`
/// @param altinn2  an id that nothing here has
record SearchQuery(
        String resource,
        SearchRole role,
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<CorrespondenceStatus> status,
        Optional<PartyIdentifier> onBehalfOf,
        Optional<String> sendersReference,
        Optional<UUID> idempotentKey,
        OptionalInt altinn2) {

    private static final Pattern UUID_TEXT = Pattern.compile(
            "([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})");

    /// Reads the query; what is wrong goes into `errors`, and something harmless takes its place.
    static SearchQuery read(QueryParameters query, ModelErrors errors) {
        String resource = query.first("resourceId").orElse("").strip();
        if (resource.isEmpty()) {
            errors.broken("resourceId", "The resourceId field is required.");
        }
        if (query.first("role").filter(role -> !role.isBlank()).isEmpty()) {
            errors.broken("role", "The role field is required.");
        }
        return new SearchQuery(
                resource,
                parameter(query, "role", errors, text -> WireEnum.parse(SearchRole.class, text))
                        .orElse(SearchRole.RECIPIENT),
                parameter(query, "from", errors, WireTime::parse),
                parameter(query, "to", errors, WireTime::parse),
                parameter(query, "status", errors, text -> WireEnum.parse(CorrespondenceStatus.class, text)),
                parameter(query, "onBehalfOf", errors, Recipient::party),
                query.first("sendersReference").filter(reference -> !reference.isEmpty()),
                parameter(query, "idempotentKey", errors, SearchQuery::uuid),
                parameter(query, "altinn2CorrespondenceId", errors, SearchQuery::integer)
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()));
    }

    /// A UUID with or without dashes, as paths and queries may have it. Spec: correspondence §2.0.
    static Optional<UUID> uuid(String written) {
        var match = UUID_TEXT.matcher(written.strip());
        return match.matches() ? Optional.of(UUID.fromString(match.replaceFirst("$1-$2-$3-$4-$5"))) : Optional.empty();
    }

    private static Optional<Integer> integer(String written) {
        return written.strip().matches("-?\\d{1,9}")
                ? Optional.of(Integer.parseInt(written.strip()))
                : Optional.empty();
    }

    private static <T> Optional<T> parameter(
            QueryParameters query, String name, ModelErrors errors, Function<String, Optional<T>> parse) {
        Optional<String> written = query.first(name).filter(text -> !text.isBlank());
        Optional<T> value = written.flatMap(parse);
        if (written.isPresent() && value.isEmpty()) {
            errors.broken(name, "The value '" + written.get() + "' is not valid.");
        }
        return value;
    }
}

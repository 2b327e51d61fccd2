package no.budstikke.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import no.budstikke.http.Json;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;

/// Reads a [Caller] out of the claims of a verified token, as leniently as the services do: numbers may
/// be
/// text, an object may stand in an array or be JSON text. What can't be read is as if it were not there.
/// Spec: correspondence §9.3, events §8.1, authorization §22.3.
final class Claims {

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern INTEGER = Pattern.compile("\\d{1,9}|1\\d{9}");
    private static final int MASKINPORTEN_LEVEL = 3;

    private Claims() {}

    static Caller caller(JsonNode claims, TrustedIssuer issuer) {
        return new Caller(
                issuer.issuer(),
                scopes(claims),
                text(claims.path("urn:altinn:org")),
                text(claims.path("urn:altinn:orgNumber")).flatMap(Claims::organization),
                organizationIn(claims.path("consumer")),
                systemUser(claims.path("authorization_details")),
                text(claims.path("pid")).flatMap(NationalIdentityNumber::parse),
                integer(claims.path("urn:altinn:userid")),
                integer(claims.path("urn:altinn:partyid")),
                text(claims.path("urn:altinn:party:uuid")).flatMap(Claims::uuid),
                level(claims, issuer.kind()),
                urnClaims(claims),
                text(claims.path("sid")).or(() -> text(claims.path("jti"))));
    }

    private static Set<String> scopes(JsonNode claims) {
        JsonNode written = claims.has("urn:altinn:scope") ? claims.path("urn:altinn:scope") : claims.path("scope");
        Stream<String> words =
                written.isArray() ? elements(written).map(JsonNode::asText) : Stream.of(written.asText());
        return words.flatMap(SPACE::splitAsStream)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    private static Optional<OrganizationNumber> organization(String written) {
        return OrganizationNumber.ofDigits(written).or(() -> OrganizationNumber.parse(written));
    }

    /// From `{"authority":"iso6523-actorid-upis","ID":"0192:…"}`.
    private static Optional<OrganizationNumber> organizationIn(JsonNode written) {
        JsonNode object = firstObject(written);
        return text(object.path("ID")).or(() -> text(object.path("id"))).flatMap(Claims::organization);
    }

    private static Optional<Caller.SystemUser> systemUser(JsonNode written) {
        JsonNode details = firstObject(written);
        JsonNode ids = details.path("systemuser_id");
        return text(ids.isArray() ? ids.path(0) : ids)
                .flatMap(Claims::uuid)
                .map(id -> new Caller.SystemUser(id, organizationIn(details.path("systemuser_org"))));
    }

    private static JsonNode firstObject(JsonNode written) {
        JsonNode read = written.isTextual() ? parsed(written.asText()) : written;
        return read.isArray() ? read.path(0) : read;
    }

    private static JsonNode parsed(String json) {
        try {
            return Json.SPARSE.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static int level(JsonNode claims, TrustedIssuer.Kind kind) {
        OptionalInt level = integer(claims.path("urn:altinn:authlevel"));
        if (level.isPresent()) {
            return Math.min(level.getAsInt(), 4);
        }
        return switch (kind) {
            // What the exchange would make of it. Spec: authorization §4.1.
            case MASKINPORTEN -> MASKINPORTEN_LEVEL;
            case ALTINN -> levelOf(claims.path("acr").asText());
        };
    }

    /// Spec: authorization §3, the table's first variant.
    private static int levelOf(String acr) {
        return switch (acr) {
            case "Level1" -> 1;
            case "Level2" -> 2;
            case "idporten-loa-substantial", "Level3" -> 3;
            case "idporten-loa-high", "Level4" -> 4;
            default -> 0;
        };
    }

    private static Map<String, String> urnClaims(JsonNode claims) {
        var found = new HashMap<String, String>();
        for (Map.Entry<String, JsonNode> claim : claims.properties()) {
            if (claim.getKey().startsWith("urn:") && !claim.getValue().isNull()) {
                JsonNode value = claim.getValue();
                found.put(claim.getKey(), value.isValueNode() ? value.asText() : value.toString());
            }
        }
        return found;
    }

    private static Optional<String> text(JsonNode written) {
        return written.isValueNode() && !written.isNull()
                ? Optional.of(written.asText().strip()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    private static OptionalInt integer(JsonNode written) {
        return text(written)
                .filter(digits -> INTEGER.matcher(digits).matches())
                .map(digits -> OptionalInt.of(Integer.parseInt(digits)))
                .orElse(OptionalInt.empty());
    }

    private static Optional<UUID> uuid(String written) {
        try {
            return written.length() == 36
                    ? Optional.of(UUID.fromString(written.toLowerCase(Locale.ROOT)))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}

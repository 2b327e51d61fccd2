package no.budstikke.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.budstikke.party.OrganizationNumber;

/// Reads what the services need out of a resource's document. Spec: authorization §14.2, §14.3.
final class ResourceDocument {

    /// `ttd` may leave out its number. Spec: authorization §13, §14.2.
    private static final String TEST_CODE = "ttd";
    private static final OrganizationNumber TEST_NUMBER = new OrganizationNumber("991825827");

    private ResourceDocument() {}

    /// The resource that the document describes.
    ///
    /// @throws IllegalArgumentException when the document lacks what every resource has
    static Resource resource(JsonNode document) {
        String id = document.path("identifier").asText();
        JsonNode authority = document.path("hasCompetentAuthority");
        String code = authority.path("orgcode").asText();
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a resource without an identifier");
        }
        OrganizationNumber owner = OrganizationNumber.ofDigits(
                        authority.path("organization").asText())
                .or(() -> code.equals(TEST_CODE) ? Optional.of(TEST_NUMBER) : Optional.empty())
                .orElseThrow(() -> new IllegalArgumentException("resource " + id + " without an owner"));
        return new Resource(id, document.path("resourceType").asText(), owner, code, title(document));
    }

    private static Map<String, String> title(JsonNode document) {
        var title = new HashMap<String, String>();
        for (Map.Entry<String, JsonNode> language : document.path("title").properties()) {
            title.put(language.getKey(), language.getValue().asText());
        }
        return title;
    }
}

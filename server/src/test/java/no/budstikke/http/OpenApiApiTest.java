package no.budstikke.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiApiTest {

    private static final String CORRESPONDENCE = "/correspondence/api/v1/swagger/v1/swagger.json";
    private static final String EVENTS = "/swagger/v1/swagger.json";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch", "head", "options");

    @Test
    void correspondence_is_described_operation_by_operation() throws IOException {
        String base = "/correspondence/api/v1/correspondence";

        assertThat(operations(described(CORRESPONDENCE)))
                .containsExactlyInAnyOrder(
                        "POST " + base,
                        "GET " + base,
                        "GET " + base + "/{correspondenceId}",
                        "GET " + base + "/{correspondenceId}/details",
                        "GET " + base + "/{correspondenceId}/content",
                        "POST " + base + "/{correspondenceId}/markasread",
                        "POST " + base + "/{correspondenceId}/confirm",
                        "DELETE " + base + "/{correspondenceId}/purge");
    }

    @Test
    void events_are_described_operation_by_operation_with_what_a_webhook_gets() throws IOException {
        JsonNode description = described(EVENTS);

        assertThat(operations(description))
                .containsExactlyInAnyOrder(
                        "POST /events/api/v1/events",
                        "GET /events/api/v1/events",
                        "POST /events/api/v1/app",
                        "GET /events/api/v1/app/{org}/{app}",
                        "GET /events/api/v1/app/party",
                        "POST /events/api/v1/storage/events",
                        "POST /events/api/v1/storage/events/logs",
                        "POST /events/api/v1/inbound",
                        "POST /events/api/v1/outbound",
                        "PUT /events/api/v1/subscriptions/validate/{id}",
                        "GET /events/api/v1/error",
                        "POST /events/api/v1/tests/webhookreceiver",
                        "POST /events/api/v1/subscriptions",
                        "GET /events/api/v1/subscriptions",
                        "GET /events/api/v1/subscriptions/{id}",
                        "DELETE /events/api/v1/subscriptions/{id}",
                        "GET /events/api/v1/subscription/{id}");
        assertThat(description.path("webhooks").fieldNames()).toIterable().containsExactly("event", "validation");
    }

    /// Generated clients are built on these names.
    @Test
    void schemas_keep_the_contracts_names() throws IOException {
        JsonNode schemas = described(CORRESPONDENCE).at("/components/schemas");

        assertThat(schemas.fieldNames())
                .toIterable()
                .contains("InitializeCorrespondencesExt", "BaseCorrespondenceExt", "CorrespondenceOverviewExt");
        assertThat(schemas.at("/InitializeCorrespondencesExt/properties").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("correspondence", "recipients", "existingAttachments", "idempotentKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {CORRESPONDENCE, EVENTS})
    void every_reference_leads_somewhere(String path) throws IOException {
        JsonNode description = described(path);
        List<String> references = description.findValuesAsText("$ref");

        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            assertThat(reference).startsWith("#/");
            assertThat(description.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {CORRESPONDENCE, EVENTS})
    void every_name_in_a_path_is_a_parameter(String path) throws IOException {
        JsonNode description = described(path);
        description.path("paths").properties().forEach(item -> {
            Set<String> parameters = StreamSupport.stream(
                            item.getValue().path("parameters").spliterator(), false)
                    .map(parameter ->
                            description.at(parameter.path("$ref").asText().substring(1)))
                    .map(parameter -> "{" + parameter.path("name").asText() + "}")
                    .collect(Collectors.toSet());
            assertThat(parameters).as(item.getKey()).isEqualTo(namesIn(item.getKey()));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {CORRESPONDENCE, EVENTS})
    void a_description_is_json_that_may_be_kept_for_ten_minutes(String path) {
        Reply reply = get(path);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers())
                .containsExactlyInAnyOrder(
                        new Reply.Header("Content-Type", "application/json; charset=utf-8"),
                        new Reply.Header("Cache-Control", "public, max-age=600"));
    }

    private static Set<String> namesIn(String path) {
        return Pattern.compile("\\{[^}]*}")
                .matcher(path)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static Set<String> operations(JsonNode description) {
        var operations = new TreeSet<String>();
        description
                .path("paths")
                .properties()
                .forEach(item -> item.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + item.getKey());
                    }
                }));
        return operations;
    }

    private static JsonNode described(String path) throws IOException {
        return Json.SPARSE.readTree(get(path).body());
    }

    private static Reply get(String path) {
        var routes = new Routes();
        new OpenApiApi().addRoutes(routes);
        return routes.answer(new PlainRequest("GET", path, "", ""));
    }
}

package no.budstikke.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.IntStream;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.http.HttpServer;
import no.budstikke.http.Json;
import no.budstikke.http.Routes;
import no.budstikke.party.OrganizationNumber;
import org.junit.jupiter.api.Test;

class ResourceRegistryTest {

    @Test
    void the_test_resources_are_put_in_once_and_belong_to_the_test_ministry() {
        try (Database database = TestDatabase.fresh()) {
            assertThat(ResourceRoom.registry(database).find("altinn-correspondence-test-resource-1"))
                    .isEmpty();
            ResourceRoom.registryWithTestResources(database);
            ResourceRegistry registry = ResourceRoom.registryWithTestResources(database);
            assertThat(IntStream.rangeClosed(1, 5).mapToObj(n -> "altinn-correspondence-test-resource-" + n))
                    .allSatisfy(id -> {
                        Resource resource = registry.find(id).orElseThrow();
                        assertThat(resource.type()).isEqualTo("CorrespondenceService");
                        assertThat(resource.owner()).isEqualTo(new OrganizationNumber("991825827"));
                        assertThat(resource.ownerCode()).isEqualTo("ttd");
                        assertThat(resource.title()).containsOnlyKeys("nb", "nn", "en");
                        assertThat(resource.urn()).isEqualTo("urn:altinn:resource:" + id);
                        assertThat(registry.policy(id).orElseThrow())
                                .contains(">" + id + "<")
                                .doesNotContain("{resource}");
                    });
            assertThat(registry.find("altinn-correspondence-test-resource-6")).isEmpty();
            assertThat(registry.find("Altinn-Correspondence-Test-Resource-1")).isEmpty();
        }
    }

    @Test
    void a_changed_policy_is_taken_over_and_the_others_stay_the_same_objects() {
        try (Database database = TestDatabase.fresh()) {
            ResourceRegistry registry = ResourceRoom.registryWithTestResources(database);
            String untouched =
                    registry.policy("altinn-correspondence-test-resource-2").orElseThrow();
            assertThat(ResourceRoom.refresh(database, registry)).isFalse();

            database.useTransaction(tx -> tx.handle()
                    .execute("update resource set policy = '<other/>'"
                            + " where id = 'altinn-correspondence-test-resource-1'"));

            assertThat(ResourceRoom.refresh(database, registry)).isTrue();
            assertThat(registry.policy("altinn-correspondence-test-resource-1")).contains("<other/>");
            assertThat(registry.policy("altinn-correspondence-test-resource-2").orElseThrow())
                    .isSameAs(untouched);
            assertThat(ResourceRoom.refresh(database, registry)).isFalse();
        }
    }

    @Test
    void a_resource_and_its_policy_can_be_read_by_anybody() throws IOException, InterruptedException {
        var routes = new Routes();
        new ResourcesApi(ResourceRegistry.of(TestResources.read())).addTo(routes);
        try (HttpServer server = HttpServer.listen(new HttpServer.Listen("127.0.0.1", 0, 1_000));
                HttpClient client = HttpClient.newHttpClient()) {
            server.serve(routes);
            String base = "http://127.0.0.1:" + server.port() + "/resourceregistry/api/v1/resource/";
            HttpResponse<String> resource = get(client, base + "altinn-correspondence-test-resource-1");
            assertThat(resource.statusCode()).isEqualTo(200);
            JsonNode document = Json.SPARSE.readTree(resource.body());
            assertThat(document.path("hasCompetentAuthority")
                            .path("name")
                            .path("nb")
                            .asText())
                    .isEqualTo("Testdepartementet");
            assertThat(document.path("resourceType").asText()).isEqualTo("CorrespondenceService");

            HttpResponse<String> policy = get(client, base + "altinn-correspondence-test-resource-1/policy");
            assertThat(policy.headers().firstValue("Content-Type")).contains("text/xml; charset=utf-8");
            assertThat(policy.body()).contains("<xacml:Policy");

            assertThat(get(client, base + "none").statusCode()).isEqualTo(404);
            assertThat(get(client, base + "none/policy").statusCode()).isEqualTo(404);
        }
    }

    private static HttpResponse<String> get(HttpClient client, String address)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void only_the_test_ministry_may_leave_out_its_number() {
        var document = JsonNodeFactory.instance.objectNode().put("identifier", "some-resource");
        document.putObject("hasCompetentAuthority").put("orgcode", "ttd");
        assertThat(ResourceRegistry.Entry.of(document, "").resource().owner())
                .isEqualTo(new OrganizationNumber("991825827"));
        document.putObject("hasCompetentAuthority").put("orgcode", "other");
        assertThatThrownBy(() -> ResourceRegistry.Entry.of(document, "")).hasMessageContaining("without an owner");
    }
}

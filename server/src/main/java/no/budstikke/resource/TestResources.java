package no.budstikke.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import no.budstikke.http.Json;

/// The resources of `seed/resources.yaml`, for development.
final class TestResources {

    private static final String FILE = "/seed/resources.yaml";
    private static final String PLACE = "{resource}";

    private TestResources() {}

    static List<ResourceRegistry.Entry> read() {
        try {
            JsonNode seed = new YAMLMapper().readTree(text(FILE));
            String policy = text(seed.path("policy").asText());
            String document = seed.path("document").toString();
            var entries = new ArrayList<ResourceRegistry.Entry>();
            for (JsonNode identifier : seed.path("identifiers")) {
                entries.add(ResourceRegistry.Entry.of(
                        Json.FULL.readTree(document.replace(PLACE, identifier.asText())),
                        policy.replace(PLACE, identifier.asText())));
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }

    private static String text(String file) throws IOException {
        try (InputStream in = TestResources.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

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

/// The resources of `seed/resources.yaml` and the apps of `seed/apps.yaml`, for development.
final class TestResources {

    private static final List<String> FILES = List.of("/seed/resources.yaml", "/seed/apps.yaml");

    private TestResources() {}

    static List<ResourceRegistry.Entry> read() {
        var entries = new ArrayList<ResourceRegistry.Entry>();
        for (String file : FILES) {
            try {
                JsonNode seed = new YAMLMapper().readTree(text(file));
                String policy = text(seed.path("policy").asText());
                String document = seed.path("document").toString();
                for (JsonNode identifier : seed.path("identifiers")) {
                    String id = identifier.asText();
                    entries.add(
                            ResourceRegistry.Entry.of(Json.FULL.readTree(filled(document, id)), filled(policy, id)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(file + " can't be read", e);
            }
        }
        return entries;
    }

    /// An app is called `app_{org}_{app}`.
    private static String filled(String template, String id) {
        String[] parts = id.split("_", 3);
        String filled = template.replace("{resource}", id);
        return parts.length == 3 ? filled.replace("{org}", parts[1]).replace("{app}", parts[2]) : filled;
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

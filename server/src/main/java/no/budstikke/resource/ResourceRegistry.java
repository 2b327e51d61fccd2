package no.budstikke.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which resources there are. Cheap enough for every request: kept in memory, read once at start.
public final class ResourceRegistry {

    private final Map<String, Entry> entries;

    private ResourceRegistry(Collection<Entry> entries) {
        this.entries = entries.stream()
                .collect(Collectors.toUnmodifiableMap(entry -> entry.resource().id(), Function.identity()));
    }

    /// A resource with its texts.
    ///
    /// @param document as the registry answers it
    /// @param policy XACML 3.0, as it was given
    public record Entry(Resource resource, JsonNode document, String policy) {

        /// The entry for a document as the registry's callers write it.
        ///
        /// @throws IllegalArgumentException when `document` lacks what every resource has
        public static Entry of(JsonNode document, String policy) {
            return new Entry(ResourceDocument.resource(document), document, policy);
        }
    }

    /// A registry of exactly these.
    public static ResourceRegistry of(Collection<Entry> entries) {
        return new ResourceRegistry(entries);
    }

    /// The resource with that bare id, in exactly that spelling.
    public Optional<Resource> find(String id) {
        return entry(id).map(Entry::resource);
    }

    /// The resource's policy as XACML 3.0 text.
    public Optional<String> policy(String id) {
        return entry(id).map(Entry::policy);
    }

    /// The resource as the registry answers it. Spec: authorization §14.2.
    public Optional<JsonNode> document(String id) {
        return entry(id).map(Entry::document);
    }

    private Optional<Entry> entry(String id) {
        return Optional.ofNullable(entries.get(id));
    }
}

package no.budstikke.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.budstikke.database.RegisterVersion;

/// Which resources there are. Cheap enough for every request: kept in memory, and read anew when the
/// table has changed ([ResourceRoom#refresh]). Safe for many threads: an answer is from before a change
/// or from after it.
public final class ResourceRegistry {

    private volatile Known known;

    private ResourceRegistry(Known known) {
        this.known = known;
    }

    /// All that is known at one time.
    private record Known(Map<String, Entry> entries, long version) {

        Known {
            entries = Map.copyOf(entries);
        }

        static Known of(Collection<Entry> entries, long version) {
            return new Known(
                    entries.stream()
                            .collect(Collectors.toUnmodifiableMap(
                                    entry -> entry.resource().id(), Function.identity())),
                    version);
        }
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
        return new ResourceRegistry(Known.of(entries, RegisterVersion.NONE));
    }

    /// Of which state of the table this is.
    long version() {
        return known.version();
    }

    /// Knows exactly these from now on. What has not changed stays the same object: whoever has read a
    /// policy sees by that, and quickly, that it is still the one.
    void takeOver(Collection<Entry> entries, long version) {
        Map<String, Entry> before = known.entries();
        known = Known.of(
                entries.stream()
                        .map(entry -> Optional.ofNullable(
                                        before.get(entry.resource().id()))
                                .filter(entry::equals)
                                .orElse(entry))
                        .toList(),
                version);
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
        return Optional.ofNullable(known.entries().get(id));
    }
}

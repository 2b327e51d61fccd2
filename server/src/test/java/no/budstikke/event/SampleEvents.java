package no.budstikke.event;

import java.util.Optional;
import java.util.UUID;

/// Events to put into logs.
final class SampleEvents {

    static final String RESOURCE = "urn:altinn:resource:altinn-correspondence-test-resource-1";
    static final String SOURCE = "https://platform.example/correspondence/api/v1/correspondence";

    private SampleEvents() {}

    static CloudEvent any() {
        return withId(UUID.randomUUID().toString());
    }

    static CloudEvent withId(String id) {
        return of(id, SOURCE, RESOURCE);
    }

    static CloudEvent of(String id, String source, String resource) {
        return new CloudEvent(
                id,
                source,
                "no.altinn.correspondence.Published",
                resource,
                Optional.of("instance-" + id),
                Optional.of("/party/50015641"),
                Optional.of("/organisation/123456789"),
                Optional.of("2026-01-02T03:04:05Z"),
                """
                {"specversion":"1.0","id":"%s","source":"%s","resource":"%s"}""".formatted(id, source, resource));
    }
}

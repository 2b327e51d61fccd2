package no.budstikke.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The OpenAPI descriptions of both contracts, which clients generate their classes from. Open to
/// everybody. They are kept by hand in `openapi/`. Spec: correspondence §2.5, events §2.1.
public final class OpenApiApi {

    /// The only answers of Correspondence that may be kept. Spec: correspondence §2.0.
    private static final String TEN_MINUTES = "public, max-age=600";

    public void addRoutes(Routes routes) {
        byte[] correspondence = resource("/openapi/correspondence.json");
        byte[] events = resource("/openapi/events.json");
        routes.add("GET", "/correspondence/api/v1/swagger/v1/swagger.json", _ -> description(correspondence));
        routes.add("GET", "/swagger/v1/swagger.json", _ -> description(events));
    }

    private static Reply description(byte[] json) {
        return Reply.bytes(200, Reply.JSON, json).with("Cache-Control", TEN_MINUTES);
    }

    private static byte[] resource(String name) {
        try (InputStream in = OpenApiApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " can't be read", e);
        }
    }
}

package no.budstikke.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server's answer to a request of [Api].
///
/// @param request method and address of the request, for messages
/// @param headers found by any spelling of their names
public record Response(String request, int status, Map<String, List<String>> headers, String body) {

    /// The body as JSON; an [AssertionError] that shows it when it is none.
    public JsonNode json() {
        return Json.read(body);
    }

    /// The body's JSON string, for those answers that are one.
    public String text() {
        JsonNode json = json();
        if (!json.isTextual()) {
            throw new AssertionError("Not a JSON string: " + this);
        }
        return json.asText();
    }

    /// The member `detail` of a problem document; empty text if there is none.
    public String detail() {
        return json().path("detail").asText();
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(List::getFirst);
    }

    /// This, if the status is the expected one; else an [AssertionError] that shows everything.
    public Response expect(int wanted) {
        if (status != wanted) {
            throw new AssertionError("Expected status " + wanted + ", but: " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return request + " -> " + status + " " + headers + "\n" + body;
    }
}

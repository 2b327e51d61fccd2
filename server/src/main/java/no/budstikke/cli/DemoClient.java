package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import no.budstikke.http.Json;

/// The people of the demo, who speak to the server over HTTP like everybody else.
final class DemoClient {

    private final String address;
    private final HttpClient http = HttpClient.newHttpClient();

    DemoClient(String address) {
        this.address = address;
    }

    String ownerToken(String scopes) {
        return token("org=ttd&orgNo=991825827", scopes);
    }

    String organizationToken(String number, String scopes) {
        return token("orgNo=" + number, scopes);
    }

    private String token(String who, String scopes) {
        String query = who + "&env=dev&scopes=" + URLEncoder.encode(scopes, StandardCharsets.UTF_8);
        return send(HttpRequest.newBuilder(URI.create(address + "/api/GetEnterpriseToken?" + query))).body();
    }

    /// Creates a subscription; returns the warning that came with the answer.
    Optional<String> subscribe(String token, String subscription) {
        return post(token, "/events/api/v1/subscriptions", subscription)
                .headers()
                .firstValue("Budstikke-Filter-Warning");
    }

    /// Sends a correspondence and returns its id.
    String send(String token, String resource, String recipient) {
        String answer = post(token, "/correspondence/api/v1/correspondence", """
                {"correspondence": {
                   "resourceId": "%s",
                   "sendersReference": "demo",
                   "content": {"language": "nb", "messageTitle": "Budstikka går", "messageBody": "Møt på tinget."},
                   "isConfirmationNeeded": true,
                   "dueDateTime": "2099-01-01T00:00:00Z"},
                 "recipients": ["urn:altinn:organization:identifier-no:%s"]}
                """.formatted(resource, recipient)).body();
        return json(answer).at("/correspondences/0/correspondenceId").asText();
    }

    /// Opens the correspondence as its recipient does: the overview, then the text.
    void read(String token, String id) {
        get(token, "/correspondence/api/v1/correspondence/" + id);
        get(token, "/correspondence/api/v1/correspondence/" + id + "/content");
    }

    void confirm(String token, String id) {
        post(token, "/correspondence/api/v1/correspondence/" + id + "/confirm", "");
    }

    private void get(String token, String path) {
        send(HttpRequest.newBuilder(URI.create(address + path)).header("Authorization", "Bearer " + token));
    }

    private HttpResponse<String> post(String token, String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new CommandFailed(request.method() + " " + request.uri() + " was answered " + answer.statusCode() + " "
                        + answer.body());
            }
            return answer;
        } catch (IOException e) {
            throw new CommandFailed("the server does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return Json.SPARSE.readTree(text);
        } catch (IOException e) {
            throw new CommandFailed("the server's answer is not JSON: " + text, e);
        }
    }
}

package no.budstikke.cli;

import java.net.http.HttpResponse;
import java.util.Optional;

/// The people of the demo, who speak to the server over HTTP like everybody else.
final class DemoClient implements AutoCloseable {

    private final RemoteServer server;

    DemoClient(String address) {
        this.server = new RemoteServer(address);
    }

    String ownerToken(String scopes) {
        return server.testToken("ttd", scopes);
    }

    String organizationToken(String number, String scopes) {
        return server.testToken(number, scopes);
    }

    /// Creates a subscription; returns the warning that came with the answer.
    Optional<String> subscribe(String token, String subscription) {
        return post(token, "/events/api/v1/subscriptions", subscription)
                .headers()
                .firstValue("Budstikke-Filter-Warning");
    }

    /// Sends a correspondence and returns its id.
    String send(String token, String resource, String recipient) {
        HttpResponse<String> answer =
                post(token, "/correspondence/api/v1/correspondence", """
                {"correspondence": {
                   "resourceId": "%s",
                   "sendersReference": "demo",
                   "content": {"language": "nb", "messageTitle": "Budstikka går", "messageBody": "Møt på tinget."},
                   "isConfirmationNeeded": true,
                   "dueDateTime": "2099-01-01T00:00:00Z"},
                 "recipients": ["urn:altinn:organization:identifier-no:%s"]}
                """.formatted(resource, recipient));
        return RemoteServer.json(answer)
                .at("/correspondences/0/correspondenceId")
                .asText();
    }

    /// Opens the correspondence as its recipient does: the overview, then the text.
    void read(String token, String id) {
        server.get(token, "/correspondence/api/v1/correspondence/" + id);
        server.get(token, "/correspondence/api/v1/correspondence/" + id + "/content");
    }

    void confirm(String token, String id) {
        post(token, "/correspondence/api/v1/correspondence/" + id + "/confirm", "");
    }

    private HttpResponse<String> post(String token, String path, String body) {
        return server.post(token, path, "application/json", body);
    }

    @Override
    public void close() {
        server.close();
    }
}

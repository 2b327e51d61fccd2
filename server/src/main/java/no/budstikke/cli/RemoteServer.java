package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import no.budstikke.http.Json;

/// A running server, spoken to over HTTP like everybody does. Whatever goes wrong is told to the user in
/// one line ([CommandFailed]). Safe for many threads.
final class RemoteServer implements AutoCloseable {

    static final String EVENTS = "/events/api/v1/events";
    static final String SUBSCRIPTIONS = "/events/api/v1/subscriptions";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String address;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param address with or without a slash at the end
    RemoteServer(String address) {
        this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        try {
            URI.create(this.address + "/").toURL();
        } catch (IllegalArgumentException | IOException _) {
            throw new CommandFailed("not the address of a server: " + address);
        }
    }

    /// Without a slash at the end.
    String address() {
        return address;
    }

    /// A token that the server itself signs, as only one in development does.
    ///
    /// @param org a service owner's code, or an organisation's number
    /// @param scopes separated by spaces
    String testToken(String org, String scopes) {
        String who = switch (org) {
            case "ttd" -> "org=ttd&orgNo=991825827";
            case String number when number.matches("\\d{9}") -> "orgNo=" + number;
            default -> "org=" + encoded(org);
        };
        HttpResponse<String> answer = ask(HttpRequest.newBuilder(
                URI.create(address + "/api/GetEnterpriseToken?env=dev&" + who + "&scopes=" + encoded(scopes))));
        return switch (answer.statusCode()) {
            case 200 -> answer.body();
            case 404 ->
                throw new CommandFailed("the server at " + address
                        + " gives no test tokens: it is not in development. Give a token of your own.");
            default ->
                throw new CommandFailed("the server at " + address + " gives no token for " + org + ": "
                        + answer.statusCode() + " " + answer.body());
        };
    }

    HttpResponse<String> get(String token, String path) {
        return succeeded(request(token, path));
    }

    HttpResponse<String> delete(String token, String path) {
        return succeeded(request(token, path).DELETE());
    }

    HttpResponse<String> post(String token, String path, String contentType, String body) {
        return succeeded(request(token, path)
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /// Publishes an event, whatever the answer is.
    HttpResponse<String> publish(String token, String event) {
        return ask(request(token, EVENTS)
                .header("Content-Type", "application/cloudevents+json")
                .POST(HttpRequest.BodyPublishers.ofString(event)));
    }

    /// A GET without a token; any answer will do.
    HttpResponse<String> open(String path) {
        return ask(HttpRequest.newBuilder(URI.create(address + path)));
    }

    private HttpRequest.Builder request(String token, String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> succeeded(HttpRequest.Builder request) {
        HttpResponse<String> answer = ask(request);
        if (answer.statusCode() >= 300) {
            throw new CommandFailed(answer.request().method() + " " + answer.uri() + " was answered "
                    + answer.statusCode() + " " + reason(answer));
        }
        return answer;
    }

    /// What a client is most likely to have done wrong, and what the server said.
    static String reason(HttpResponse<String> answer) {
        String hint = switch (answer.statusCode()) {
            case 401 -> "(the token is missing, expired or of an issuer that the server does not trust) ";
            case 403 -> "(the token lacks the scope, or the resource's policy the right) ";
            default -> "";
        };
        return hint + answer.body();
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Unreachable("no server answers at " + address + "; start one with: budstikke serve", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }

    /// Nobody answers there.
    static final class Unreachable extends CommandFailed {

        private static final long serialVersionUID = 1;

        private Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return Json.SPARSE.readTree(answer.body());
        } catch (IOException e) {
            throw new CommandFailed("the answer of " + answer.uri() + " is not JSON: " + answer.body(), e);
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/// A client of a running server: one caller, with or without a token. Immutable. Redirects are not
/// followed.
///
/// Bodies: a [String] is sent as it is; one of our documents, a JSON tree, a map or a list is written as
/// JSON.
public final class Api {

    public static final String EVENTS = "/events/api/v1";
    public static final String CORRESPONDENCE = "/correspondence/api/v1";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String JSON = "application/json";
    private static final String CLOUD_EVENT = "application/cloudevents+json";

    private record Header(String name, String value) {}

    private final URI address;
    private final List<Header> headers;

    Api(URI address) {
        this(address, List.of());
    }

    private Api(URI address, List<Header> headers) {
        this.address = address;
        this.headers = headers;
    }

    /// The same client with this token instead of any other.
    public Api as(String token) {
        return without("Authorization").header("Authorization", "Bearer " + token);
    }

    /// The same client with this platform access token instead of any other.
    public Api asPlatform(String token) {
        return without("PlatformAccessToken").header("PlatformAccessToken", token);
    }

    /// The same client with one more header field in each request.
    public Api header(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Api(address, List.copyOf(more));
    }

    private Api without(String name) {
        return new Api(
                address,
                headers.stream()
                        .filter(header -> !header.name().equalsIgnoreCase(name))
                        .toList());
    }

    /// Where this client's requests go, without a slash at its end.
    public String baseUrl() {
        return address.toString();
    }

    // --- any request; a path begins with a slash, or is a whole address ---

    public Response get(String path) {
        return send("GET", path, Optional.empty(), BodyPublishers.noBody());
    }

    public Response delete(String path) {
        return send("DELETE", path, Optional.empty(), BodyPublishers.noBody());
    }

    /// A POST without body and content type.
    public Response post(String path) {
        return send("POST", path, Optional.empty(), BodyPublishers.noBody());
    }

    public Response post(String path, Object json) {
        return post(path, JSON, json);
    }

    public Response post(String path, String contentType, Object body) {
        return send("POST", path, Optional.of(contentType), BodyPublishers.ofString(written(body)));
    }

    public Response post(String path, String contentType, byte[] body) {
        return send("POST", path, Optional.of(contentType), BodyPublishers.ofByteArray(body));
    }

    public Response send(String method, String path, byte[] body) {
        return send(method, path, Optional.empty(), BodyPublishers.ofByteArray(body));
    }

    // --- the contract's requests ---

    /// POST /events. Spec: events §2.3.
    public Response publish(Object cloudEvent) {
        return post(EVENTS + "/events", CLOUD_EVENT, cloudEvent);
    }

    /// POST /subscriptions. Spec: events §2.8.
    public Response subscribe(Object subscription) {
        return post(EVENTS + "/subscriptions", subscription);
    }

    /// Makes a subscription, waits until its endpoint is validated, and gives it as it is then.
    public JsonNode establish(Object subscription) {
        Response created = subscribe(subscription).expect(201);
        String path = EVENTS + "/subscriptions/" + created.json().path("id").asText();
        return Awaitility.await("validation of " + created.body())
                .atMost(Duration.ofSeconds(15))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> get(path).expect(200).json(),
                        read -> read.path("validated").asBoolean());
    }

    /// POST /correspondence. Spec: correspondence §2.2 P1.
    public Response initialize(Object correspondence) {
        return post(CORRESPONDENCE + "/correspondence", correspondence);
    }

    private Response send(String method, String path, Optional<String> contentType, BodyPublisher body) {
        URI target = URI.create(path.startsWith("/") ? address + path : path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(60)).method(method, body);
        contentType.ifPresent(type -> request.header("Content-Type", type));
        headers.forEach(header -> request.header(header.name(), header.value()));
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString(UTF_8));
            return new Response(
                    method + " " + target,
                    response.statusCode(),
                    response.headers().map(),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException("No answer to " + method + " " + target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in " + method + " " + target, e);
        }
    }

    private static String written(Object body) {
        return switch (body) {
            case String text -> text;
            case JsonDocument<?> document -> document.toString();
            default -> Json.write(body);
        };
    }
}

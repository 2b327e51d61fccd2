package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.http.Json;
import no.budstikke.http.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `budstikke listen`: shows events as they come and hands them on to a program on this machine.
@Command(
        name = "listen",
        description = {
            "Subscribes at a running server, shows every event as it comes, one line each, and forwards it to a port of this "
                    + "machine. The subscription is removed at the end (Ctrl-C, or --count).",
            "The server sends to a port that this command opens. That works at once with a server on this machine; "
                    + "elsewhere name an address that leads here with --endpoint, and the port with --port.",
            "What the program at --forward answers is what the server is told: an event that is answered 500 is sent again, as "
                    + "in real life. Without --forward every event is answered 200."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  budstikke listen --forward http://localhost:9000/events",
            "  budstikke listen --as 123456789 --type Published --json",
            "  budstikke listen --resource altinn-correspondence-test-resource-2 --count 5"
        })
final class ListenCommand implements Callable<Integer> {

    private static final Duration FORWARD = Duration.ofSeconds(30);
    private static final List<String> HANDED_ON =
            List.of("Content-Type", "traceparent", "webhook-id", "webhook-timestamp", "webhook-signature");

    @Option(
            names = "--forward",
            paramLabel = "URL",
            description = "Where every event is posted to, exactly as it came.")
    private @Nullable URI forward;

    @Option(
            names = "--resource",
            paramLabel = "ID",
            defaultValue = "altinn-correspondence-test-resource-1",
            description = "The resource whose events are wanted (default: ${DEFAULT-VALUE}).")
    private String resource = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only events of this type, such as Published or no.altinn.correspondence.Published. "
                    + "May be repeated (default: all).")
    private List<String> types = new ArrayList<>();

    @Option(
            names = "--party",
            paramLabel = "NUMBER",
            description = "Only events about this organisation or person (default: all that you may see).")
    private @Nullable String party;

    @Option(
            names = "--as",
            paramLabel = "CODE|NUMBER",
            defaultValue = "ttd",
            description = "Who listens, in development: a service owner by its code, which sees all events of its "
                    + "resources, or an organisation by its number, which sees its own (default: ${DEFAULT-VALUE}).")
    private String as = "";

    @Option(names = "--json", description = "Shows each event as JSON on one line, and nothing else.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many events (default: never).")
    private @Nullable Integer count;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token with the scope altinn:events.subscribe (default: a test token for --as).")
    private @Nullable String token;

    @Mixin
    private WebhookOption webhookOption = new WebhookOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        if (count != null && count < 1) {
            throw new ParameterException(command.commandLine(), "--count must be at least 1, not " + count);
        }
        if (forward != null && !List.of("http", "https").contains(String.valueOf(forward.getScheme()))) {
            throw new ParameterException(command.commandLine(), "--forward must be an http address, not " + forward);
        }
        PrintWriter out = command.commandLine().getOut();
        var end = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    end.countDown();
                    awaitQuietly(over);
                },
                "end-of-listen");
        Runtime.getRuntime().addShutdownHook(hook);
        try (RemoteServer remote = server.connect();
                HttpClient client = HttpClient.newHttpClient()) {
            String subscriber = token != null ? token : remote.testToken(as, "altinn:events.subscribe" + owner());
            var come = new AtomicInteger();
            OwnWebhook.Taker taker = (request, event, body) -> {
                String fate = forward == null ? "200" : handOn(client, forward, request, body);
                show(out, event, fate);
                if (count != null && come.incrementAndGet() >= count) {
                    end.countDown();
                }
                return fate.matches("\\d{3}") ? Integer.parseInt(fate) : 502;
            };
            try (var webhook = new OwnWebhook(remote, subscriber, webhookOption.port(), taker)) {
                String address = webhookOption.addressOf(webhook);
                String id = webhook.subscribe(wanted(), address);
                if (!json) {
                    out.println("Listening to " + resource + " at " + remote.address() + " as subscription " + id
                            + (forward == null ? "" : ", forwarding to " + forward) + ". Ctrl-C ends it.");
                    out.flush();
                }
                end.await();
                // The answer to the last event is still on its way.
                Thread.sleep(100);
            }
        } finally {
            over.countDown();
        }
        return 0;
    }

    private String owner() {
        return as.matches("\\d{9}") ? "" : " altinn:serviceowner";
    }

    private ObjectNode wanted() {
        ObjectNode wanted = Json.SPARSE.createObjectNode().put("resourceFilter", "urn:altinn:resource:" + resource);
        if (party != null) {
            wanted.put("alternativeSubjectFilter", MadeUpEvent.party(party).path());
        }
        if (!types.isEmpty()) {
            wanted.put(
                    "typeFilter",
                    String.join(
                            ",",
                            types.stream()
                                    .map(type -> type.contains(".") ? type : "no.altinn.correspondence." + type)
                                    .toList()));
        }
        return wanted;
    }

    /// @return the status of the answer, or why there is none
    private static String handOn(HttpClient client, URI target, Request received, byte[] body) {
        var request =
                HttpRequest.newBuilder(target).timeout(FORWARD).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        HANDED_ON.forEach(name -> received.header(name).ifPresent(value -> request.header(name, value)));
        try {
            return Integer.toString(client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode());
        } catch (IOException e) {
            return "no answer from " + target + " (" + e.getClass().getSimpleName() + ")";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void show(PrintWriter out, JsonNode event, String fate) {
        synchronized (out) {
            if (json) {
                out.println(event);
            } else {
                out.printf(
                        "%s  %-22s %-24s %s  id %s  -> %s%n",
                        event.path("time").asText("-"),
                        DemoCommand.shortType(event),
                        event.path("subject").asText("-"),
                        event.path("resourceinstance").asText("-"),
                        event.path("id").asText(),
                        fate);
            }
            out.flush();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
                System.err.println("budstikke: the subscription may be left behind");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

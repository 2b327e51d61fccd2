package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import no.budstikke.Budstikke;
import no.budstikke.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `budstikke demo`: the main job before the reader's eyes. Sends one correspondence, and shows that the
/// right events, and only those, come to the right webhooks.
@Command(
        name = "demo",
        description =
                "Shows the main job: starts a server in a temporary directory, subscribes four times, sends a correspondence, "
                        + "reads and confirms it, and shows who gets which event.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {

    private static final String RESOURCE = "altinn-correspondence-test-resource-1";
    private static final String RECIPIENT = "123456789";
    private static final String BYSTANDER = "310000018";
    /// The source of the example event in the document that the product was asked for.
    private static final String EXAMPLE_SOURCE = "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence";
    /// The source filter that the same document's table names, by mistake.
    private static final String BROKER_SOURCE = "https://platform.tt02.altinn.no/broker/api/v1/filetransfer";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Option(names = "--keep", description = "Leaves the server running, and shows commands to go on with.")
    private boolean keep;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Path directory = Files.createTempDirectory("budstikke-demo-");
        try {
            return demonstrate(out, directory);
        } finally {
            delete(directory);
        }
    }

    private int demonstrate(PrintWriter out, Path directory) throws Exception {
        out.println("Starting a server in " + directory + " …");
        out.flush();
        Settings settings = Settings.inDirectory(
                directory, Map.of(), Map.of("data", directory.resolve("data").toString(), "http.port", "0"));
        try (Budstikke server = Budstikke.start(settings);
                var receiver = new DemoReceiver(out);
                var client = new DemoClient(server.address())) {
            var demo = new Demo(out, client, receiver);
            demo.subscribe();
            demo.sendReadAndConfirm();
            boolean right = demo.table();
            if (keep) {
                demo.invite(server.address());
                waitForTheEnd();
            }
            return right ? 0 : 1;
        }
    }

    private static void waitForTheEnd() throws InterruptedException {
        var told = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            try {
                main.join(Duration.ofSeconds(15));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        told.await();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailed("can't delete " + directory + ": " + e.getMessage(), e);
        }
    }

    /// The four subscriptions and what each must get, in this order.
    private enum Subscriber {
        A("recipient " + RECIPIENT, "the three filters of the example", "Published"),
        B("service owner ttd", "typeFilter", "ReceiverRead, ReceiverConfirmed"),
        C("bystander " + BYSTANDER, "resourceFilter only", "nothing"),
        D("recipient " + RECIPIENT, "Broker's source filter", "nothing");

        private final String who;
        private final String filters;
        private final String expected;

        Subscriber(String who, String filters, String expected) {
            this.who = who;
            this.filters = filters;
            this.expected = expected;
        }
    }

    private static final class Demo {

        private final PrintWriter out;
        private final DemoClient client;
        private final DemoReceiver receiver;

        Demo(PrintWriter out, DemoClient client, DemoReceiver receiver) {
            this.out = out;
            this.client = client;
            this.receiver = receiver;
        }

        void subscribe() {
            out.println();
            out.println("Subscriptions");
            String recipient = client.organizationToken(RECIPIENT, "altinn:events.subscribe");
            String owner = client.ownerToken("altinn:serviceowner altinn:events.subscribe");
            String bystander = client.organizationToken(BYSTANDER, "altinn:events.subscribe");
            subscribe(Subscriber.A, recipient, """
                    "sourceFilter": "%s", "alternativeSubjectFilter": "/organisation/%s",
                    """.formatted(EXAMPLE_SOURCE, RECIPIENT));
            subscribe(Subscriber.B, owner, """
                    "typeFilter": "no.altinn.correspondence.ReceiverRead,no.altinn.correspondence.ReceiverConfirmed",
                    """);
            subscribe(Subscriber.C, bystander, "");
            subscribe(Subscriber.D, recipient, """
                    "sourceFilter": "%s", "alternativeSubjectFilter": "/organisation/%s",
                    """.formatted(BROKER_SOURCE, RECIPIENT));
            receiver.awaitValidation(Subscriber.values().length, PATIENCE);
        }

        private void subscribe(Subscriber subscriber, String token, String filters) {
            Optional<String> warning =
                    client.subscribe(token, """
                    {"endPoint": "%s", %s "resourceFilter": "urn:altinn:resource:%s"}
                    """.formatted(receiver.url(subscriber.name()), filters, RESOURCE));
            out.printf("  %s  %-22s %s%n", subscriber, subscriber.who, subscriber.filters);
            warning.ifPresent(text -> out.println("     warning: " + text));
            out.flush();
        }

        void sendReadAndConfirm() {
            out.println();
            out.println("Events as they arrive");
            String sender = client.ownerToken("altinn:serviceowner altinn:correspondence.write");
            String reader = client.organizationToken(RECIPIENT, "altinn:correspondence.read");
            String id = client.send(sender, RESOURCE, RECIPIENT);
            receiver.await(Subscriber.A.name(), 1, PATIENCE);
            client.read(reader, id);
            client.confirm(reader, id);
            receiver.await(Subscriber.B.name(), 2, PATIENCE);
            // What comes too much would have been sent before the last of a second round: first attempts go out in the
            // order of the log.
            String second = client.send(sender, RESOURCE, RECIPIENT);
            receiver.silence();
            client.read(reader, second);
            receiver.awaitSilently(Subscriber.A.name(), 1, PATIENCE);
            receiver.awaitSilently(Subscriber.B.name(), 1, PATIENCE);
        }

        boolean table() {
            out.println();
            out.printf("  %-3s%-24s%-36s%-34s%s%n", "", "subscriber", "filters", "expected", "received");
            boolean right = true;
            for (Subscriber subscriber : Subscriber.values()) {
                List<String> received = receiver.events(subscriber.name()).stream()
                        .map(DemoCommand::shortType)
                        .toList();
                boolean same = listed(received).equals(subscriber.expected);
                right &= same;
                out.printf(
                        "  %-3s%-24s%-36s%-34s%s%s%n",
                        subscriber,
                        subscriber.who,
                        subscriber.filters,
                        subscriber.expected,
                        listed(received),
                        same ? "" : "   WRONG");
            }
            out.println();
            out.println(right ? "All and only the right events came." : "Not the right events: see the table.");
            out.flush();
            return right;
        }

        private static String listed(List<String> types) {
            return types.isEmpty() ? "nothing" : String.join(", ", types);
        }

        void invite(String address) {
            out.println("""

                    The server goes on at %1$s (Ctrl-C ends it). Try:

                      TOKEN=$(curl -s '%1$s/api/GetEnterpriseToken?env=dev&org=ttd&orgNo=991825827&scopes=altinn:serviceowner,altinn:correspondence.write,altinn:events.subscribe')
                      curl -s -H "Authorization: Bearer $TOKEN" '%1$s/events/api/v1/subscriptions'
                      curl -s -H "Authorization: Bearer $TOKEN" '%1$s/events/api/v1/events?resource=urn:altinn:resource:%2$s&after=0'
                      curl -s -H "Authorization: Bearer $TOKEN" '%1$s/correspondence/api/v1/correspondence?resourceId=%2$s&role=Sender'
                    """.formatted(address, RESOURCE));
            out.flush();
        }
    }

    /// The type without the part that all have in common.
    static String shortType(JsonNode event) {
        return event.path("type").asText().replace("no.altinn.correspondence.", "");
    }
}

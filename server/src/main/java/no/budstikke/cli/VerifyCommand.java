package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import no.budstikke.http.Json;
import no.budstikke.time.Ids;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `budstikke verify`: proves, for one run, that what is published arrives, once and in order, or names
/// what did not.
@Command(
        name = "verify",
        description = {
            "Publishes a known load through a running server to a webhook of its own, and names every event that was lost, "
                    + "repeated, or came out of the order of its resourceinstance.",
            "Exit code 0: everything came once and in order. 1: something did not, or could not be published.",
            "For a server elsewhere, or with something in between that is to be tested, name an address that leads to "
                    + "this command with --endpoint, and the port with --port."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  budstikke verify",
            "  budstikke verify --events 20000 --rate 1000",
            "  budstikke verify --url https://budstikke.test.example.no --token \"$PUBLISHER\" --subscriber-token \"$SUBSCRIBER\" "
                    + "--port 9000 --endpoint https://tunnel.example.no/verify"
        })
final class VerifyCommand implements Callable<Integer> {

    private static final String TYPE = "no.budstikke.verify.";
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration TRY_AGAIN = Duration.ofMillis(250);
    private static final int TRIES = 20;
    private static final int LARGEST_LOAD = 1_000_000;
    private static final int NAMED = 100;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many events (default: ${DEFAULT-VALUE}).")
    private int events;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many per second at most (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Over how many resourceinstances they are dealt; within one of them the order is checked, and "
                            + "each event is published after the one before was accepted (default: ${DEFAULT-VALUE}).")
    private int instances;

    @Option(
            names = "--resource",
            paramLabel = "ID",
            defaultValue = "altinn-correspondence-test-resource-1",
            description = "The resource for which events are published (default: ${DEFAULT-VALUE}).")
    private String resource = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "After so many seconds in which nothing came, what is missing is lost "
                    + "(default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token with the scope altinn:events.publish of somebody who may publish for the resource "
                    + "(default: a test token of service owner ttd).")
    private @Nullable String token;

    @Option(
            names = "--subscriber-token",
            paramLabel = "TOKEN",
            description =
                    "A token with the scope altinn:events.subscribe of somebody who may see the resource's events "
                            + "(default: a test token of service owner ttd).")
    private @Nullable String subscriberToken;

    @Mixin
    private WebhookOption webhookOption = new WebhookOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        atLeastOne(command, "--events", events);
        atLeastOne(command, "--rate", rate);
        atLeastOne(command, "--instances", instances);
        atLeastOne(command, "--timeout", timeout);
        if (events > LARGEST_LOAD) {
            throw new ParameterException(command.commandLine(), "--events must be at most " + LARGEST_LOAD);
        }
        PrintWriter out = command.commandLine().getOut();
        try (RemoteServer remote = server.connect()) {
            String publisher =
                    token != null ? token : remote.testToken("ttd", "altinn:serviceowner altinn:events.publish");
            String subscriber = subscriberToken != null
                    ? subscriberToken
                    : remote.testToken("ttd", "altinn:serviceowner altinn:events.subscribe");
            return verify(out, remote, publisher, subscriber) ? 0 : 1;
        }
    }

    private static void atLeastOne(CommandSpec command, String name, int value) {
        if (value < 1) {
            throw new ParameterException(command.commandLine(), name + " must be at least 1, not " + value);
        }
    }

    private boolean verify(PrintWriter out, RemoteServer remote, String publisher, String subscriber)
            throws InterruptedException {
        String run = new Ids(InstantSource.system()).random().toString().substring(0, 8);
        var load = new Load(run, resource, instances);
        var account = new Account(events, instances);
        OwnWebhook.Taker taker = (_, event, _) -> {
            load.number(event).stream().filter(number -> number < events).forEach(account::arrived);
            return 200;
        };
        try (var webhook = new OwnWebhook(remote, subscriber, webhookOption.port(), taker)) {
            ObjectNode wanted = Json.SPARSE
                    .createObjectNode()
                    .put("resourceFilter", "urn:altinn:resource:" + resource)
                    .put("typeFilter", TYPE + run)
                    .put("ordering", "resourceInstance");
            webhook.subscribe(wanted, webhookOption.addressOf(webhook));
            out.printf(
                    "Run %s: %d events to %s, %d a second, %d resourceinstances%n",
                    run, events, remote.address(), rate, instances);
            out.flush();
            long begun = System.nanoTime();
            publishAll(remote, publisher, load, account);
            out.printf("Published in %.1f s; waiting for what is under way%n", (System.nanoTime() - begun) / 1e9);
            out.flush();
            awaitArrivals(account);
        }
        return report(out, load, account);
    }

    /// Each worker has instances of its own, so that the order within one is the order of publishing.
    private void publishAll(RemoteServer remote, String publisher, Load load, Account account)
            throws InterruptedException {
        long begun = System.nanoTime();
        int workers = Math.min(instances, 64);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int worker = 0; worker < workers; worker++) {
                int first = worker;
                threads.execute(() -> {
                    for (int number = 0; number < events; number++) {
                        if (number % instances % workers == first) {
                            waitUntil(begun + number * 1_000_000_000L / rate);
                            account.publishing(number);
                            if (isAccepted(remote, publisher, load.event(number))) {
                                account.accepted(number);
                            }
                        }
                    }
                });
            }
        }
    }

    private static void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /// Publishing the same event again is safe, so what is answered "not now", or not at all, is tried
    /// again.
    private static boolean isAccepted(RemoteServer remote, String publisher, String event) {
        for (int tries = 1; tries <= TRIES; tries++) {
            try {
                HttpResponse<String> answer = remote.publish(publisher, event);
                if (answer.statusCode() == 200) {
                    return true;
                }
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    return false;
                }
            } catch (RemoteServer.Unreachable _) {
                // It may be starting again.
            }
            LockSupport.parkNanos(TRY_AGAIN.toNanos());
        }
        return false;
    }

    private void awaitArrivals(Account account) throws InterruptedException {
        long longest = Duration.ofSeconds(timeout).toNanos();
        long begun = System.nanoTime();
        // When all have come, repeats may still be under way.
        while (Math.min(account.quiet(), System.nanoTime() - begun)
                < (account.isComplete() ? Math.min(QUIET.toNanos(), longest) : longest)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean report(PrintWriter out, Load load, Account account) {
        Account.Findings found = account.findings();
        out.println();
        told(out, "not accepted", found.refused().stream().map(load::name).toList());
        told(out, "lost", found.lost().stream().map(load::name).toList());
        told(
                out,
                "repeated",
                found.repeated().stream()
                        .map(one -> load.name(one.number()) + " came " + one.times() + " times")
                        .toList());
        told(
                out,
                "swapped",
                found.swapped().stream()
                        .map(one -> load.name(one.later()) + " came before " + load.name(one.earlier()))
                        .toList());
        long[] latencies = account.latencies();
        if (latencies.length > 0) {
            out.printf(
                    "%d came; from publisher to webhook p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                    latencies.length,
                    latencies[latencies.length / 2] / 1e6,
                    latencies[latencies.length * 99 / 100] / 1e6,
                    latencies[latencies.length - 1] / 1e6);
        }
        out.println(found.isClean() ? "Every event came once, and in order." : "Something is wrong: see above.");
        out.flush();
        return found.isClean();
    }

    private static void told(PrintWriter out, String what, List<String> names) {
        out.printf("%-13s %d%n", what, names.size());
        names.stream().limit(NAMED).forEach(name -> out.println("  " + what + ": " + name));
        if (names.size() > NAMED) {
            out.println("  … and " + (names.size() - NAMED) + " more");
        }
    }

    /// The events of one run.
    private record Load(String run, String resource, int instances) {

        String id(int number) {
            return "verify-" + run + "-" + number;
        }

        private String instance(int number) {
            return run + "-" + number % instances;
        }

        String name(int number) {
            return id(number) + " of " + instance(number);
        }

        String event(int number) {
            return Json.SPARSE
                    .createObjectNode()
                    .put("specversion", "1.0")
                    .put("id", id(number))
                    .put("source", "urn:budstikke:verify")
                    .put("type", TYPE + run)
                    .put("resource", "urn:altinn:resource:" + resource)
                    .put("resourceinstance", instance(number))
                    .toString();
        }

        /// The number of an event of this run; empty for any other.
        java.util.Optional<Integer> number(JsonNode event) {
            String prefix = "verify-" + run + "-";
            String id = event.path("id").asText();
            return id.startsWith(prefix) && id.substring(prefix.length()).matches("\\d{1,9}")
                    ? java.util.Optional.of(Integer.parseInt(id.substring(prefix.length())))
                    : java.util.Optional.empty();
        }
    }
}

package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.budstikke.acceptance.Program.Ended;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Received;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `trigger` and `listen`, as an integrator types them.
@ExtendWith(BudstikkeExtension.class)
class IntegratorCommandsTest {

    @TempDir
    private Path directory;

    private final Budstikke server;
    private final Webhook webhook;

    IntegratorCommandsTest(Budstikke server, Webhook webhook) {
        this.server = server;
        this.webhook = webhook;
    }

    @Test
    void each_command_explains_itself_to_a_stranger() throws Exception {
        assertThat(run("--help").out()).contains("trigger", "listen", "verify");
        for (String command : List.of("trigger", "listen", "verify")) {
            Ended help = run(command, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("Examples:", "budstikke " + command, "--url", "--token");
        }
    }

    @Test
    void a_triggered_event_is_as_if_a_correspondence_had_caused_it() throws Exception {
        String instance = "0193a5c0-0000-7000-8000-" + "%012x".formatted(System.nanoTime() & 0xffff_ffff_ffffL);
        server.as(server.tokens().organization(Parties.RECIPIENT.number()))
                .establish(Subscription.to(webhook.url("/hook")).resourceFilter(Parties.resourceUrn(5)));
        Ended ended = run(
                "trigger",
                "no.altinn.correspondence.Published",
                "--url",
                server.baseUrl(),
                "--resource",
                Parties.resource(5),
                "--instance",
                instance,
                "--count",
                "2");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out().lines()).hasSize(2).allMatch(line -> line.contains(instance));
        List<JsonNode> came = webhook.awaitEvents(2);
        for (JsonNode event : came) {
            assertThat(event.path("type").asText()).isEqualTo("no.altinn.correspondence.Published");
            assertThat(event.path("subject").asText()).isEqualTo(Parties.RECIPIENT.party());
            assertThat(event.path("alternativesubject").asText()).isEqualTo(Parties.RECIPIENT.path());
            assertThat(event.path("source").asText())
                    .isEqualTo(server.baseUrl() + "/correspondence/api/v1/correspondence");
            assertThat(event.path("resourceinstance").asText()).isEqualTo(instance);
            assertThat(ended.out()).contains(event.path("id").asText());
            assertThat(new JsonFormat()
                            .deserialize(event.toString().getBytes(StandardCharsets.UTF_8))
                            .getTime())
                    .isNotNull();
        }
        assertThat(came).extracting(event -> event.path("id").asText()).doesNotHaveDuplicates();
    }

    @Test
    void altinns_spelling_of_a_type_gives_altinns_spelling_of_the_party() throws Exception {
        server.as(server.tokens().organization(Parties.FIRST_OTHER.number()))
                .establish(Subscription.to(webhook.url("/hook"))
                        .resourceFilter(Parties.resourceUrn(5))
                        .with("notation", "urn"));
        Ended ended = run(
                "trigger",
                "correspondencereceiverread",
                "--url",
                server.baseUrl(),
                "--resource",
                Parties.resource(5),
                "--party",
                Parties.FIRST_OTHER.number());
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        JsonNode event = webhook.awaitEvents(1).getFirst();
        assertThat(event.path("type").asText()).isEqualTo("no.altinn.correspondence.correspondencereceiverread");
        assertThat(event.path("subject").asText()).isEqualTo(Parties.FIRST_OTHER.urn());
    }

    @Test
    void what_cannot_be_triggered_is_told_in_a_line() throws Exception {
        Ended unknown = run("trigger", "Sung");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("Sung", "ReceiverConfirmed", "--list")
                .doesNotContain("\tat ");
        assertThat(run("trigger", "--list").out()).contains("ReceiverNeverRead", "correspondencereceiverneverread");
        Ended nobody = run("trigger", "Published", "--url", "http://127.0.0.1:1");
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.err().lines()).singleElement().asString().contains("http://127.0.0.1:1");
        Ended stranger = run(
                "trigger",
                "Published",
                "--url",
                server.baseUrl(),
                "--token",
                server.tokens().organization(Parties.FIRST_OTHER.number(), "altinn:events.publish"));
        assertThat(stranger.exitCode()).isEqualTo(1);
        assertThat(stranger.err().lines()).singleElement().asString().contains("403", "policy");
        Ended noParty = run("trigger", "Published", "--url", server.baseUrl(), "--party", "12345");
        assertThat(noParty.exitCode()).isEqualTo(1);
        assertThat(noParty.err().lines()).singleElement().asString().contains("not a party: 12345");
    }

    @Test
    void listening_shows_events_hands_them_on_as_they_came_and_leaves_no_subscription() throws Exception {
        try (Program listen = Program.start(
                directory,
                "listen",
                "--url",
                server.baseUrl(),
                "--resource",
                Parties.resource(5),
                "--as",
                Parties.SECOND_OTHER.number(),
                "--forward",
                webhook.url("/inbox"))) {
            listen.awaitOutput("Ctrl-C ends it.");
            String subscription = first("subscription (\\d+)", listen.out());
            Api listener = server.as(server.tokens().organization(Parties.SECOND_OTHER.number()));
            listener.get(Api.EVENTS + "/subscriptions/" + subscription).expect(200);
            webhook.answerNext(1, 202);
            trigger("Published");
            Received handedOn = webhook.awaitRequest(request -> request.path().equals("/inbox"));
            assertThat(handedOn.header("Content-Type")).contains("application/json; charset=utf-8");
            String id = handedOn.json().path("id").asText();
            listen.awaitOutput(id);
            assertThat(listen.out().lines().filter(line -> line.contains(id)))
                    .singleElement()
                    .asString()
                    .contains("Published", Parties.SECOND_OTHER.party(), "-> 202");
            assertThat(server.as(server.tokens().organization(Parties.SECOND_OTHER.number(), "altinn:events.subscribe"))
                            // A page is cut before it is authorised: those of others would fill it.
                            .header(
                                    "Altinn-AlternativeSubject",
                                    handedOn.json().path("alternativesubject").asText())
                            .get(Api.EVENTS + "/events?after=0&size=1000&resource=" + Parties.resourceUrn(5))
                            .expect(200)
                            .body())
                    .as("byte for byte what is in the log")
                    .contains(handedOn.text());
            listen.interrupt().awaitEnd();
            listener.get(Api.EVENTS + "/subscriptions/" + subscription).expect(404);
        }
    }

    @Test
    void listening_with_json_and_count_is_for_scripts() throws Exception {
        try (Program listen = Program.start(
                directory,
                "listen",
                "--json",
                "--count",
                "1",
                "--url",
                server.baseUrl(),
                "--resource",
                Parties.resource(5),
                "--as",
                Parties.SECOND_OTHER.number(),
                "--type",
                "ReceiverConfirmed")) {
            Api listener = server.as(server.tokens().organization(Parties.SECOND_OTHER.number()));
            org.awaitility.Awaitility.await().until(() -> {
                JsonNode subscriptions = listener.get(Api.EVENTS + "/subscriptions")
                        .expect(200)
                        .json()
                        .path("subscriptions");
                for (JsonNode one : subscriptions) {
                    if (one.path("typeFilter").asText().endsWith("ReceiverConfirmed")
                            && one.path("validated").asBoolean()) {
                        return true;
                    }
                }
                return false;
            });
            trigger("Published");
            trigger("ReceiverConfirmed");
            Ended ended = listen.awaitEnd();
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.out().lines()).hasSize(1);
            assertThat(new ObjectMapper().readTree(ended.out()).path("type").asText())
                    .isEqualTo("no.altinn.correspondence.ReceiverConfirmed");
        }
    }

    private void trigger(String type) throws IOException, InterruptedException {
        Ended ended = run(
                "trigger",
                type,
                "--url",
                server.baseUrl(),
                "--resource",
                Parties.resource(5),
                "--party",
                Parties.SECOND_OTHER.number());
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    private Ended run(String... words) throws IOException, InterruptedException {
        return Program.run(directory, words);
    }
}

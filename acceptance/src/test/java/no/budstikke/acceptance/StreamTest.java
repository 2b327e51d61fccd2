package no.budstikke.acceptance;

import static no.budstikke.testkit.Api.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.EventStream;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Response;
import no.budstikke.testkit.Tokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Events as a stream. Spec of the events themselves: events §2.4; the stream is our own.
@ExtendWith(BudstikkeExtension.class)
class StreamTest {

    private static final String STREAM = EVENTS + "/events/stream";
    private static final String RESOURCE = Parties.resourceUrn(4);

    private final Budstikke server;
    private final Tokens tokens;
    private final Api reader;
    private final Api publisher;

    /// A type that no other test uses: with it a stream has this test's events only.
    private final String type = CloudEvents.randomType();

    StreamTest(Budstikke server, Api api, Tokens tokens) {
        this.server = server;
        this.tokens = tokens;
        this.reader = api.as(tokens.serviceOwner("altinn:serviceowner", "altinn:events.subscribe"));
        this.publisher = api.as(tokens.publisher());
    }

    private String of(String parameters) {
        return STREAM + "?resource=" + RESOURCE + "&type=" + type + parameters;
    }

    private CloudEvents publish() {
        CloudEvents event = CloudEvents.event().resource(RESOURCE).type(type);
        publisher.publish(event).expect(200);
        return event;
    }

    private static EventStream opened(EventStream stream) {
        return stream.await(open -> !open.comments().isEmpty());
    }

    @Test
    void a_stream_brings_events_as_they_are_published() {
        publish();
        try (EventStream stream = opened(reader.stream(of("")))) {
            CloudEvents first = publish();
            stream.awaitEvents(1);
            CloudEvents second = publish();
            stream.awaitEvents(2);

            assertThat(stream.ids()).containsExactly(first.id(), second.id());
            assertThat(stream.events().getFirst().data()).isEqualTo(first.toString());
        }
    }

    @Test
    void a_stream_that_begins_after_an_event_brings_what_was_published_since() {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 70; i++) {
            ids.add(publish().id());
        }

        try (EventStream fromTheStart = reader.stream(of("&after=0"));
                EventStream fromTheFirst = reader.stream(of("&after=" + ids.getFirst()))) {
            assertThat(fromTheStart.awaitEvents(70).ids()).containsExactlyElementsOf(ids);
            assertThat(fromTheFirst.awaitEvents(69).ids()).containsExactlyElementsOf(ids.subList(1, 70));
        }
    }

    @Test
    void who_connects_again_goes_on_after_the_last_event_whatever_the_parameter_says() {
        List<String> ids = List.of(publish().id(), publish().id(), publish().id());

        try (EventStream stream = reader.header("Last-Event-ID", ids.get(1)).stream(of("&after=0"))) {
            assertThat(stream.awaitEvents(1).ids()).containsExactly(ids.get(2));
        }
    }

    @Test
    void subject_and_alternative_subject_are_compared_as_in_a_query() {
        try (EventStream bySubject = opened(reader.stream(of("&subject=%2Fparty%2F50015641")));
                EventStream byAlternative =
                        opened(reader.header("Altinn-AlternativeSubject", "/organisation/310000018").stream(of("")))) {
            CloudEvents one = event().subject("/party/50015641");
            CloudEvents other = event().subject("/party/50000002").alternativeSubject("/organisation/310000018");
            publisher.publish(one).expect(200);
            publisher.publish(other).expect(200);

            assertThat(bySubject.awaitEvents(1).ids()).containsExactly(one.id());
            assertThat(byAlternative.awaitEvents(1).ids()).containsExactly(other.id());
        }
    }

    @Test
    void only_what_the_reader_may_see_is_sent() {
        String token = tokens.organization(Parties.RECIPIENT.number(), "altinn:events.subscribe");
        try (EventStream stream = opened(server.as(token).stream(of("")))) {
            CloudEvents hidden = event().subject(Parties.FIRST_OTHER.urn());
            CloudEvents own = event().subject(Parties.RECIPIENT.urn());
            publisher.publish(hidden).expect(200);
            publisher.publish(own).expect(200);

            assertThat(stream.awaitEvents(1).ids()).containsExactly(own.id());
        }
    }

    private CloudEvents event() {
        return CloudEvents.event().resource(RESOURCE).type(type);
    }

    @Test
    void data_with_line_breaks_arrives_whole() throws Exception {
        try (EventStream stream = opened(reader.stream(of("")))) {
            CloudEvents event = event().data(Map.of("text", "one\ntwo\r\nthree\u2028four"));
            publisher.publish(event.json().toPrettyString()).expect(200);

            String data = stream.awaitEvents(1).events().getFirst().data();
            assertThat(new ObjectMapper().readTree(data).at("/data/text").asText())
                    .isEqualTo("one\ntwo\r\nthree\u2028four");
        }
    }

    @Test
    void a_request_for_a_stream_is_checked_like_a_query() {
        Response noToken = server.api().get(of(""));
        Response noScope = server.as(tokens.serviceOwner("altinn:serviceowner")).get(of(""));
        Response noResource = reader.get(STREAM);
        Response otherResource = reader.get(STREAM + "?resource=urn:other:thing");
        Response bothSubjects =
                reader.header("Altinn-AlternativeSubject", "/organisation/1").get(of("&subject=/party/1"));

        assertThat(noToken.status()).isEqualTo(401);
        assertThat(noScope.status()).isEqualTo(403);
        assertThat(noResource.status()).isEqualTo(400);
        assertThat(noResource.json().at("/errors/resource/0").asText()).isEqualTo("The resource field is required.");
        assertThat(otherResource.detail()).isEqualTo("The 'resource' parameter must begin with `urn:altinn:resource:`");
        assertThat(bothSubjects.detail()).isEqualTo("Only one of 'subject' or 'alternativeSubject' can be defined.");
    }

    @Test
    void a_stream_ends_with_its_token_and_with_the_server_and_no_more_than_allowed_are_open() throws Exception {
        try (Budstikke own = Budstikke.builder()
                .setting("events.streams.most", 2)
                .setting("events.streams.heartbeat", "200ms")
                .start()) {
            String brief = own.tokens()
                    .fresh(
                            "GetEnterpriseToken",
                            "org=ttd&orgNo=991825827&ttl=600&scopes=altinn:serviceowner+altinn:events.subscribe");
            Api lasting = own.as(own.tokens().serviceOwner("altinn:serviceowner", "altinn:events.subscribe"));
            try (EventStream first = opened(own.as(brief).stream(of("")));
                    EventStream second = opened(lasting.stream(of("")))) {
                Response third = lasting.get(of(""));
                assertThat(third.status()).isEqualTo(503);
                assertThat(third.header("Retry-After")).isPresent();
                second.await(stream -> stream.comments().contains("still here"));

                own.api().post("/development/clock", Map.of("advance", "PT20M")).expect(200);
                first.awaitEnd();
                second.await(stream ->
                        stream.comments().stream().filter("still here"::equals).count() > 2);

                // The first one's place is free again. This reader takes nothing; the server ends all the same.
                try (var silent = new Socket(
                        InetAddress.getLoopbackAddress(),
                        URI.create(own.baseUrl()).getPort())) {
                    silent.getOutputStream()
                            .write(("GET " + of("&after=0") + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                            + own.tokens()
                                                    .serviceOwner("altinn:serviceowner", "altinn:events.subscribe")
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    Awaitility.await().until(() -> lasting.get(of("")).status() == 503);

                    assertThat(own.terminate()).isEqualTo(143);
                    second.awaitEnd();
                }
            }
        }
    }

    @Test
    void many_streams_all_get_every_event_once_while_events_are_published() {
        var streams = new ArrayList<EventStream>();
        try {
            for (int i = 0; i < 20; i++) {
                streams.add(opened(reader.stream(of(""))));
            }
            var ids = new ArrayList<String>();
            for (int i = 0; i < 100; i++) {
                ids.add(publish().id());
            }

            assertThat(streams)
                    .allSatisfy(
                            stream -> assertThat(stream.awaitEvents(100).ids()).containsExactlyElementsOf(ids));
        } finally {
            streams.forEach(EventStream::close);
        }
        // What is closed is no longer counted, and the next one can be opened.
        try (EventStream again = opened(reader.stream(of("")))) {
            String id = publish().id();
            assertThat(again.awaitEvents(1).ids()).containsExactly(id);
        }
    }
}

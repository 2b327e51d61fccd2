package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.CloudEvents;
import no.budstikke.testkit.Parties;
import no.budstikke.testkit.Subscription;
import no.budstikke.testkit.Tokens;
import no.budstikke.testkit.Webhook;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What each filter lets through. Spec: events §5, and where we go further than Altinn: filters name a
/// party or a type, in whatever spelling; sources match by whole path segments; a type filter may be a
/// list.
@ExtendWith(BudstikkeExtension.class)
class FilterTest {

    private static final String RESOURCE = Parties.resourceUrn(4);
    private static final Parties.Organization ME = Parties.RECIPIENT;
    private static final Parties.Organization OTHER = Parties.FIRST_OTHER;

    @ParameterizedTest
    @MethodSource("filters")
    void a_filter_lets_the_events_through_that_it_names_and_no_others(
            UnaryOperator<Subscription> filter,
            UnaryOperator<CloudEvents> matching,
            UnaryOperator<CloudEvents> other,
            Api api,
            Tokens tokens,
            Webhook webhook) {
        // A type for all three, unless the case is about types and sets its own.
        String type = CloudEvents.randomType();
        Api publisher = api.as(tokens.publisher());
        api.as(tokens.serviceOwner())
                .establish(filter.apply(Subscription.to(webhook.url("/"))
                        .resourceFilter(RESOURCE)
                        .typeFilter(type)));

        publisher
                .publish(other.apply(CloudEvents.event().resource(RESOURCE).type(type)))
                .expect(200);
        CloudEvents wanted =
                matching.apply(CloudEvents.event().resource(RESOURCE).type(type));
        publisher.publish(wanted).expect(200);

        webhook.awaitEventWithId(wanted.id());
        assertThat(webhook.events())
                .extracting(FilterTest::id)
                .as("only the matching event")
                .containsExactly(wanted.id());
    }

    static Stream<Arguments> filters() {
        String unique = "https://example.no/" + UUID.randomUUID();
        String type = CloudEvents.randomType();
        return Stream.of(
                argumentSet(
                        "resource",
                        filter(subscription -> subscription),
                        event(event -> event),
                        event(event -> event.resource(Parties.resourceUrn(5)))),
                argumentSet(
                        "type",
                        filter(subscription -> subscription),
                        event(event -> event),
                        event(event -> event.type(event.type() + ".more"))),
                argumentSet(
                        "list of types",
                        filter(subscription -> subscription.typeFilter(type + ".a," + type + ".b")),
                        event(event -> event.type(type + ".b")),
                        event(event -> event.type(type + ".c"))),
                argumentSet(
                        "type in the older notation, event in today's",
                        filter(subscription -> subscription
                                .sourceFilter(unique + "/today")
                                .typeFilter("no.altinn.correspondence.Published")),
                        event(event -> event.source(unique + "/today")
                                .type("no.altinn.correspondence.correspondencepublished")),
                        event(event ->
                                event.source(unique + "/today").type("no.altinn.correspondence.correspondencepurged"))),
                argumentSet(
                        "type in today's notation, event in the older",
                        filter(subscription -> subscription
                                .sourceFilter(unique + "/older")
                                .typeFilter("no.altinn.correspondence.correspondencereceiverread")),
                        event(event -> event.source(unique + "/older").type("no.altinn.correspondence.ReceiverRead")),
                        event(event ->
                                event.source(unique + "/older").type("no.altinn.correspondence.ReceiverConfirmed"))),
                argumentSet(
                        "subject as party id",
                        filter(subscription -> subscription.subjectFilter(ME.party())),
                        event(event -> event.subject(ME.party())),
                        event(event -> event.subject(OTHER.party()))),
                argumentSet(
                        "subject as party id, event without subject",
                        filter(subscription -> subscription.subjectFilter(ME.party())),
                        event(event -> event.subject(ME.party())),
                        event(event -> event)),
                argumentSet(
                        "subject as URN, event in the same",
                        filter(subscription -> subscription.subjectFilter(ME.urn())),
                        event(event -> event.subject(ME.urn())),
                        event(event -> event.subject(OTHER.urn()))),
                argumentSet(
                        "subject as URN, event with the party id",
                        filter(subscription -> subscription.subjectFilter(ME.urn())),
                        event(event -> event.subject(ME.party())),
                        event(event -> event.subject(OTHER.party()))),
                argumentSet(
                        "subject that is free text",
                        filter(subscription -> subscription.subjectFilter("/autotest/k6")),
                        event(event -> event.subject("/autotest/k6")),
                        event(event -> event.subject("/autotest/k7"))),
                argumentSet(
                        "alternative subject",
                        filter(subscription -> subscription.alternativeSubjectFilter(ME.path())),
                        event(event -> event.subject(ME.party()).alternativeSubject(ME.path())),
                        event(event -> event.subject(OTHER.party()).alternativeSubject(OTHER.path()))),
                argumentSet(
                        "alternative subject, event in today's notation",
                        filter(subscription -> subscription.alternativeSubjectFilter(ME.path())),
                        event(event -> event.subject(ME.urn())),
                        event(event -> event.subject(OTHER.urn()))),
                argumentSet(
                        "source itself",
                        filter(subscription -> subscription.sourceFilter("https://example.no/a/b")),
                        event(event -> event.source("https://example.no/a/b")),
                        event(event -> event.source("https://example.no/a"))),
                argumentSet(
                        "source below",
                        filter(subscription -> subscription.sourceFilter("https://example.no/a/b")),
                        event(event -> event.source("https://example.no/a/b/c?d")),
                        event(event -> event.source("https://example.no/a/bc"))),
                argumentSet(
                        "source with a slash at its end",
                        filter(subscription -> subscription.sourceFilter("https://example.no/a/b/")),
                        event(event -> event.source("https://example.no/a/b/c")),
                        event(event -> event.source("https://example.no/a/c"))),
                argumentSet(
                        "source on another host",
                        filter(subscription -> subscription.sourceFilter("https://example.no/a")),
                        event(event -> event.source("https://example.no/a/b")),
                        event(event -> event.source("https://example.no.example.com/a/b"))),
                argumentSet(
                        "all together",
                        filter(subscription -> subscription
                                .sourceFilter("https://example.no/a")
                                .subjectFilter(ME.party())
                                .alternativeSubjectFilter(ME.path())),
                        event(event -> event.source("https://example.no/a")
                                .subject(ME.party())
                                .alternativeSubject(ME.path())),
                        event(event -> event.source("https://example.no/b")
                                .subject(ME.party())
                                .alternativeSubject(ME.path()))));
    }

    private static UnaryOperator<Subscription> filter(UnaryOperator<Subscription> filter) {
        return filter;
    }

    private static UnaryOperator<CloudEvents> event(UnaryOperator<CloudEvents> event) {
        return event;
    }

    private static String id(JsonNode event) {
        return event.path("id").asText();
    }
}

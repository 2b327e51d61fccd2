package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import no.budstikke.identity.Caller;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionRulesTest {

    private static final Sources SOURCES = new Sources(Sources.configured("http://localhost:8080"), List.of());
    private static final AppRules APPS = new AppRules(List.of("apps.altinn.no"), KnownParties.SEED);
    private static final SubscriptionRules PRODUCTION =
            new SubscriptionRules(new EndpointRule(false), SOURCES, false, APPS);
    private static final SubscriptionRules LIKE_ALTINN =
            new SubscriptionRules(new EndpointRule(false), SOURCES, true, APPS);
    private static final Caller SCOPE = Callers.serviceOwner("openid", "Altinn:Events.Subscribe");
    private static final String HOOK = "https://hook.example/";
    private static final String RESOURCE = "urn:altinn:resource:my-resource";

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "skd/flyttemelding",
                "altinn.no/ttd/apps-test/",
                "platform.altinn.no/",
                "http://altinn.no/ttd/",
                "sftp://altinn.no/ttd/",
                "http://localhost/"
            })
    void an_endpoint_is_an_absolute_https_address(@Nullable String endPoint) {
        assertThat(PRODUCTION.of(request(endPoint, null, RESOURCE, null, null, null, false), SCOPE))
                .isEqualTo(refused(Refusal.ENDPOINT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skd/flyttemelding",
                "altinn.no/ttd/apps-test/",
                "platform.altinn.no/",
                "http://altinn.no/ttd/",
                "sftp://altinn.no/ttd/"
            })
    void a_source_filter_is_an_absolute_https_address(String source) {
        assertThat(PRODUCTION.of(request(HOOK, source, RESOURCE, null, null, null, false), SCOPE))
                .isEqualTo(refused(Refusal.SOURCE));
    }

    @Test
    void a_source_filter_may_always_name_this_server() {
        assertThat(PRODUCTION.of(request(HOOK, "http://localhost:8080/x", RESOURCE, null, null, null, false), SCOPE))
                .isInstanceOf(SubscriptionRules.Verdict.Granted.class);
        assertThat(PRODUCTION.of(request(HOOK, "http://localhost:8081/x", RESOURCE, null, null, null, false), SCOPE))
                .isEqualTo(refused(Refusal.SOURCE));
    }

    @Test
    void an_address_that_can_not_be_read_comes_before_everything_else() {
        assertThat(PRODUCTION.of(request("https://", "x", null, null, null, null, true), Callers.serviceOwner()))
                .isEqualTo(new SubscriptionRules.Verdict.Unreadable(
                        "endPoint", "The JSON value could not be converted to a URI."));
        assertThat(PRODUCTION.of(request("x", "https://", null, null, null, null, true), Callers.serviceOwner()))
                .isEqualTo(new SubscriptionRules.Verdict.Unreadable(
                        "sourceFilter", "The JSON value could not be converted to a URI."));
    }

    @Test
    void mending_one_fault_after_the_other_meets_the_refusals_in_the_contracts_order() {
        String source = "https://a.example/";
        assertThat(LIKE_ALTINN.of(request("x", "y", "z", null, "a", null, true), Callers.serviceOwner()))
                .isEqualTo(refused(Refusal.ENDPOINT));
        assertThat(LIKE_ALTINN.of(request(HOOK, "y", "z", null, "a", null, true), Callers.serviceOwner()))
                .isEqualTo(refused(Refusal.SOURCE));
        assertThat(LIKE_ALTINN.of(
                        request(HOOK, source, "z", null, "a", null, true),
                        Callers.serviceOwner("altinn:events.publish")))
                .isEqualTo(refused(Refusal.NO_SCOPE));
        assertThat(LIKE_ALTINN.of(request(HOOK, source, "z", null, "a", null, true), SCOPE))
                .isEqualTo(refused(Refusal.RESOURCE_NO_URN));
        assertThat(LIKE_ALTINN.of(request(HOOK, source, null, null, "a", null, true), SCOPE))
                .isEqualTo(refused(Refusal.NO_RESOURCE));
        assertThat(LIKE_ALTINN.of(request(HOOK, source, RESOURCE, null, "a", null, true), SCOPE))
                .isEqualTo(refused(Refusal.SOURCE_NOT_SUPPORTED));
        assertThat(LIKE_ALTINN.of(request(HOOK, null, RESOURCE, null, "a", null, true), SCOPE))
                .isEqualTo(refused(Refusal.ALTERNATIVE_SUBJECT_NOT_SUPPORTED));
        assertThat(LIKE_ALTINN.of(request(HOOK, null, RESOURCE, null, null, null, true), SCOPE))
                .isEqualTo(refused(Refusal.SUBUNITS_WITHOUT_SUBJECT));
        assertThat(LIKE_ALTINN.of(request(HOOK, null, RESOURCE, "s", null, null, true), SCOPE))
                .isInstanceOf(SubscriptionRules.Verdict.Granted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"my-resource", "urn:foo::::", " urn:altinn:resource:x", "urn:altinn:resource:a%25", "urn:x"})
    void a_resource_is_a_urn(String resource) {
        assertThat(PRODUCTION.of(request(HOOK, null, resource, null, null, null, false), SCOPE))
                .isEqualTo(refused(Refusal.RESOURCE_NO_URN));
    }

    @Test
    void what_is_granted_is_in_canonical_spelling_and_empty_filters_are_none() {
        assertThat(PRODUCTION.of(
                        request("https://Hook.Example", "", "URN:altinn:resource:My-Resource", "", "", " , ", false),
                        SCOPE))
                .isEqualTo(new SubscriptionRules.Verdict.Granted(
                        Optional.of(new CanonicalUrl("https://hook.example/")),
                        new Subscription.Filters(
                                Optional.empty(),
                                RESOURCE,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        Terms.PLAIN));
    }

    @Test
    void the_contracts_texts_are_sent_as_they_are() {
        assertThat(Refusal.NOT_AUTHORIZED.text(RESOURCE))
                .isEqualTo("Not authorized to create a subscription for resource urn:altinn:resource:my-resource.");
        assertThat(Refusal.ENDPOINT.text("")).isEqualTo("Missing or invalid endpoint to push events towards");
        assertThat(Refusal.SOURCE.text("")).isEqualTo("SourceFilter must be an absolute URL with the https scheme.");
        assertThat(Refusal.NO_SCOPE.text("")).isEmpty();
        assertThat(Refusal.RESOURCE_NO_URN.text("")).isEqualTo("Resource filter must be a valid urn");
        assertThat(Refusal.NO_RESOURCE.text("")).isEqualTo("Resource filter is required.");
        assertThat(Refusal.SOURCE_NOT_SUPPORTED.text(""))
                .isEqualTo("Source filter is not supported for subscriptions on this resource.");
        assertThat(Refusal.ALTERNATIVE_SUBJECT_NOT_SUPPORTED.text(""))
                .isEqualTo("AlternativeSubject filter is not supported for subscriptions on this resource.");
        assertThat(Refusal.SUBUNITS_WITHOUT_SUBJECT.text("")).isEqualTo("IncludeSubunits requires a subject filter.");
    }

    private static SubscriptionRules.Verdict refused(Refusal why) {
        return new SubscriptionRules.Verdict.Refused(why);
    }

    private static SubscriptionRequest request(
            @Nullable String endPoint,
            @Nullable String source,
            @Nullable String resource,
            @Nullable String subject,
            @Nullable String alternativeSubject,
            @Nullable String type,
            boolean includeSubunits) {
        return new SubscriptionRequest(
                endPoint,
                source,
                resource,
                subject,
                alternativeSubject,
                type,
                includeSubunits,
                Terms.PLAIN,
                Optional.empty());
    }
}

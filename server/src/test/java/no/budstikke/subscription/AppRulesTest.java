package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import no.budstikke.identity.Caller;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec: events §4.3, §4.4, Q15, Q16.
class AppRulesTest {

    private static final AppRules APPS =
            new AppRules(List.of("Apps.Altinn.no", "apps.at22.altinn.cloud"), KnownParties.SEED);
    private static final SubscriptionRules RULES = new SubscriptionRules(
            new EndpointRule(false), new Sources(Sources.configured("http://localhost:8080"), List.of()), true, APPS);
    private static final Caller OWNER = Callers.serviceOwner();
    private static final Caller ORGANIZATION = Callers.organizationWithoutScope("123456789");
    private static final Caller NOBODY =
            Callers.caller(Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
    private static final String APP = "urn:altinn:resource:app_ttd_apps-test";
    private static final String SOURCE = "https://ttd.apps.altinn.no/ttd/apps-test";
    private static final String ME = "/party/50015641";

    @Test
    void an_app_needs_no_scope() {
        assertThat(of(OWNER, null, APP, null, null, false)).isInstanceOf(SubscriptionRules.Verdict.Granted.class);
        assertThat(of(OWNER, SOURCE, null, null, null, false)).isInstanceOf(SubscriptionRules.Verdict.Granted.class);
        assertThat(of(OWNER, null, "URN:Altinn:resource:APP_ttd_x", null, null, false))
                .isInstanceOf(SubscriptionRules.Verdict.Granted.class);
        assertThat(of(OWNER, null, "urn:altinn:resource:apps", null, null, false))
                .isEqualTo(refused(Refusal.NO_SCOPE));
    }

    @ParameterizedTest
    @CsvSource({
        "https://ttd.apps.altinn.no/ttd/x, true",
        "https://TTD.Apps.Altinn.no/ttd/x, true",
        "https://apps.altinn.no/ttd/x, true",
        "https://ttd.apps.at22.altinn.cloud/ttd/x, true",
        "https://ttdapps.altinn.no/ttd/x, false",
        "https://apps.altinn.no.example.com/ttd/x, false",
        "https://platform.altinn.no/ttd/x, false"
    })
    void the_domain_of_apps_ends_at_a_dot(String source, boolean app) {
        assertThat(of(OWNER, source, null, null, null, false) instanceof SubscriptionRules.Verdict.Granted)
                .isEqualTo(app);
    }

    @Test
    void a_source_stands_for_its_resource_and_is_kept() {
        assertThat(granted(of(OWNER, SOURCE, null, null, null, false)))
                .isEqualTo(new Subscription.Filters(
                        Optional.of(new CanonicalUrl(SOURCE)),
                        APP,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false));
        assertThat(granted(of(OWNER, SOURCE, APP, null, null, false)).resource())
                .isEqualTo(APP);
    }

    @ParameterizedTest
    @CsvSource({
        "/organisation/123456789, /party/50015641",
        "/org/123456789, /party/50015641",
        "/person/01819010001, /party/50010001"
    })
    void an_alternative_subject_stands_for_the_subject(String alternativeSubject, String subject) {
        Subscription.Filters filters = granted(of(ORGANIZATION, null, APP, null, alternativeSubject, false));
        assertThat(filters.subject()).contains(subject);
        assertThat(filters.alternativeSubject()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/organisation/999999999",
                "/person/01819010002",
                "/person/05827714110",
                "/organization/123456789",
                "/party/50015641",
                "urn:altinn:organization:identifier-no:123456789",
                "123456789"
            })
    void whoever_is_not_found_is_as_good_as_not_named(String alternativeSubject) {
        assertThat(of(OWNER, null, APP, null, alternativeSubject, false)).isEqualTo(refused(Refusal.NO_SUBJECT));
        assertThat(of(ORGANIZATION, null, APP, null, alternativeSubject, false)).isEqualTo(refused(Refusal.NO_SUBJECT));
    }

    @Test
    void a_subject_that_is_given_stands() {
        assertThat(granted(of(ORGANIZATION, null, APP, ME, "/organisation/999999999", false))
                        .subject())
                .contains(ME);
    }

    @Test
    void subunits_go_with_an_alternative_subject_that_is_found() {
        Subscription.Filters filters = granted(of(OWNER, null, APP, null, "/organisation/310000018", true));
        assertThat(filters.includeSubunits()).isTrue();
        assertThat(filters.subject()).contains("/party/50000002");
    }

    @Test
    void mending_one_fault_after_the_other_meets_the_refusals_in_the_contracts_order() {
        String longSource = "https://ttd.apps.altinn.no/ttd/apps-test/1";
        assertThat(of(NOBODY, longSource, "urn:altinn:resource:app_%", null, "/person/1", true))
                .isEqualTo(refused(Refusal.RESOURCE_NO_URN));
        String other = "urn:altinn:resource:app_ttd_other";
        assertThat(of(NOBODY, longSource, other, null, "/person/1", true)).isEqualTo(refused(Refusal.NO_SUBJECT));
        assertThat(of(OWNER, longSource, other, null, "/person/1", true)).isEqualTo(refused(Refusal.NO_SUBJECT));
        assertThat(of(OWNER, longSource, other, null, null, true)).isEqualTo(refused(Refusal.SUBUNITS_WITHOUT_SUBJECT));
        assertThat(of(NOBODY, longSource, other, ME, null, true)).isEqualTo(refused(Refusal.NO_CONSUMER));
        assertThat(of(OWNER, longSource, other, ME, null, true)).isEqualTo(refused(Refusal.SOURCE_NO_APP));
        assertThat(of(OWNER, SOURCE, other, ME, null, true)).isEqualTo(refused(Refusal.SOURCE_OF_ANOTHER_RESOURCE));
        assertThat(of(OWNER, SOURCE, "urn:altinn:resource:app_ttd_Apps-test", ME, null, true))
                .isEqualTo(refused(Refusal.SOURCE_OF_ANOTHER_RESOURCE));
        assertThat(of(OWNER, SOURCE, APP, ME, null, true)).isInstanceOf(SubscriptionRules.Verdict.Granted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/ttd", "/ttd/apps-test/", "/ttd/apps-test/instances"})
    void a_source_names_one_app(String path) {
        assertThat(of(OWNER, "https://ttd.apps.altinn.no" + path, null, null, null, false))
                .isEqualTo(refused(Refusal.SOURCE_NO_APP));
    }

    @Test
    void the_contracts_texts_are_sent_as_they_are() {
        assertThat(Refusal.NO_SUBJECT.text("")).isEqualTo("A valid subject to the authenticated identity is required");
        assertThat(Refusal.NO_CONSUMER.text("")).isEqualTo("Missing event consumer");
        assertThat(Refusal.SOURCE_NO_APP.text(""))
                .isEqualTo("A valid app id is required in source filter {environment}/{org}/{app}");
        assertThat(Refusal.SOURCE_OF_ANOTHER_RESOURCE.text(""))
                .isEqualTo("Provided resource filter and source filter are not compatible");
    }

    private static Subscription.Filters granted(SubscriptionRules.Verdict verdict) {
        assertThat(verdict).isInstanceOf(SubscriptionRules.Verdict.Granted.class);
        return ((SubscriptionRules.Verdict.Granted) verdict).filters();
    }

    private static SubscriptionRules.Verdict refused(Refusal why) {
        return new SubscriptionRules.Verdict.Refused(why);
    }

    private static SubscriptionRules.Verdict of(
            Caller caller,
            @Nullable String source,
            @Nullable String resource,
            @Nullable String subject,
            @Nullable String alternativeSubject,
            boolean includeSubunits) {
        return RULES.of(
                new SubscriptionRequest(
                        "https://hook.example/",
                        source,
                        resource,
                        subject,
                        alternativeSubject,
                        null,
                        includeSubunits,
                        Terms.PLAIN),
                caller);
    }
}

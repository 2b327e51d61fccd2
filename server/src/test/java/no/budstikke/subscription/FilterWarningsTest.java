package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterWarningsTest {

    private static final Sources SOURCES = new Sources(
            Sources.configured("http://localhost:8080"),
            List.of(Sources.configured("https://platform.tt02.altinn.no")));
    private static final SubscriptionRules RULES = new SubscriptionRules(
            new EndpointRule(true), SOURCES, false, new AppRules(List.of("apps.altinn.no"), KnownParties.SEED));
    private static final FilterWarnings WARNINGS =
            new FilterWarnings(SOURCES, KnownParties.SEED, "correspondence-resource"::equals);
    private static final String CORRESPONDENCE = "urn:altinn:resource:correspondence-resource";

    @Test
    void the_brokers_address_never_matches_a_correspondence() {
        assertThat(about(
                        "https://platform.tt02.altinn.no/broker/api/v1/filetransfer", CORRESPONDENCE, null, null, null))
                .singleElement()
                .asString()
                .contains("sourceFilter", "/broker/api/v1/filetransfer", "can never match");
    }

    @Test
    void on_another_resource_nobody_knows_what_sources_there_are() {
        assertThat(about("https://broker.example/x", "urn:altinn:resource:other", null, null, null))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence",
                "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence/",
                "http://localhost:8080/correspondence/api/v1/attachment",
                "http://localhost:8080/correspondence/",
                "https://PLATFORM.tt02.altinn.no"
            })
    void a_base_of_an_own_source_is_fine(String source) {
        assertThat(about(source, CORRESPONDENCE, null, null, null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080/correspondence/api/v1/corr",
                "http://localhost:8080/correspondence/api/v1/correspondence/1",
                "https://platform.altinn.no/correspondence/api/v1/correspondence"
            })
    void what_is_no_base_of_an_own_source_never_matches(String source) {
        assertThat(about(source, CORRESPONDENCE, null, null, null)).hasSize(1);
    }

    @Test
    void types_are_known_in_both_notations() {
        assertThat(about(
                        null,
                        CORRESPONDENCE,
                        null,
                        null,
                        "no.altinn.correspondence.Published,no.altinn.correspondence.correspondencepublished,my.own"))
                .isEmpty();
        assertThat(about(null, CORRESPONDENCE, null, null, "no.altinn.correspondence.Publishd"))
                .singleElement()
                .asString()
                .contains("'no.altinn.correspondence.Publishd'");
    }

    @Test
    void two_filters_that_name_different_parties_never_match() {
        assertThat(about(null, CORRESPONDENCE, "/party/50015641", "/organisation/999999999", null))
                .hasSize(1);
        assertThat(about(null, CORRESPONDENCE, "/party/50015641", "/organisation/123456789", null))
                .isEmpty();
        assertThat(about(null, CORRESPONDENCE, "/party/7", "/organisation/999999999", null))
                .as("nobody knows whether this is one party")
                .isEmpty();
    }

    @Test
    void an_empty_filter_is_told_of() {
        assertThat(about("", CORRESPONDENCE, "", "", "")).hasSize(4).allMatch(text -> text.contains("is empty"));
    }

    @Test
    void a_warning_is_one_line_of_plain_text_whatever_was_asked_for() {
        assertThat(about(
                        null,
                        CORRESPONDENCE,
                        null,
                        null,
                        "no.altinn.correspondence.x\r\nSet-Cookie: æ" + "y".repeat(500)))
                .singleElement()
                .asString()
                .matches("[\\x20-\\x7e]{1,250}");
    }

    private static List<String> about(
            @Nullable String source,
            String resource,
            @Nullable String subject,
            @Nullable String alternativeSubject,
            @Nullable String type) {
        var request = new SubscriptionRequest(
                "https://hook.example/", source, resource, subject, alternativeSubject, type, false, Terms.PLAIN);
        return switch (RULES.of(request, Callers.serviceOwner("altinn:events.subscribe"))) {
            case SubscriptionRules.Verdict.Granted granted -> WARNINGS.about(request, granted.filters());
            case SubscriptionRules.Verdict.Refused refused -> throw new AssertionError(refused);
            case SubscriptionRules.Verdict.Unreadable unreadable -> throw new AssertionError(unreadable);
        };
    }
}

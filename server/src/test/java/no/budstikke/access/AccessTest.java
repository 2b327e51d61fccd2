package no.budstikke.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import no.budstikke.access.Access.EventTarget;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.identity.Caller;
import no.budstikke.party.EmailUser;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.party.PartyRoom;
import no.budstikke.resource.Resource;
import no.budstikke.resource.ResourceRegistry;
import no.budstikke.resource.ResourceRoom;
import no.budstikke.time.MovableClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Access by the policies of the seed.
class AccessTest {

    private static final String ID = "altinn-correspondence-test-resource-1";
    private static final String URN = "urn:altinn:resource:" + ID;
    private static final OrganizationNumber OWNER = new OrganizationNumber("991825827");
    private static final OrganizationNumber RECIPIENT = new OrganizationNumber("123456789");
    private static final OrganizationNumber OTHER = new OrganizationNumber("310000018");
    private static final OrganizationNumber UNREGISTERED = new OrganizationNumber("314000000");
    private static final NationalIdentityNumber PERSON = new NationalIdentityNumber("01819010001");
    private static final String INSTANCE = "urn:altinn:correspondence-id:8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11";

    private static final Seed SEED = Seed.load();

    private record Seed(PartyRegister parties, ResourceRegistry resources, Resource resource) {

        static Seed load() {
            try (Database database = TestDatabase.fresh()) {
                ResourceRegistry resources = ResourceRoom.registryWithTestResources(database);
                return new Seed(
                        PartyRoom.registerWithSynthetic(database),
                        resources,
                        resources.find(ID).orElseThrow());
            }
        }
    }

    private final MovableClock clock = new MovableClock();
    private final Map<String, String> policies = new HashMap<>();
    private final DecisionPoint decisions = new DecisionPoint(
            id -> Optional.ofNullable(policies.get(id))
                    .or(() -> SEED.resources().policy(id)),
            SEED.parties());
    private final Access access = new Access(decisions, SEED.parties(), clock, false);

    private static Caller caller(
            Optional<OrganizationNumber> organization,
            Optional<String> org,
            Optional<UUID> systemUser,
            OptionalInt userId,
            int level,
            String... scopes) {
        var claims = new HashMap<String, String>();
        organization.ifPresent(number -> claims.put("urn:altinn:orgNumber", number.digits()));
        return new Caller(
                "https://issuer.example/",
                Set.of(scopes),
                org,
                organization,
                organization,
                systemUser.map(id -> new Caller.SystemUser(id, Optional.of(RECIPIENT))),
                Optional.empty(),
                userId,
                OptionalInt.empty(),
                Optional.empty(),
                level,
                claims,
                Optional.of("session"));
    }

    private static Caller organization(OrganizationNumber number, String... scopes) {
        return caller(Optional.of(number), Optional.empty(), Optional.empty(), OptionalInt.empty(), 3, scopes);
    }

    private static Caller user(int userId, int level) {
        return caller(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.of(userId), level);
    }

    private boolean permits(Caller caller, String action, PartyIdentifier party) {
        return access.permits(caller, Set.of(action), SEED.resource(), party, Optional.of(INSTANCE));
    }

    private static EventTarget about(String subject) {
        return new EventTarget(URN, Optional.of(subject), Optional.of("no.altinn.correspondence.Published"));
    }

    private static EventTarget aboutNobody() {
        return new EventTarget(URN, Optional.empty(), Optional.empty());
    }

    @Test
    void the_owner_may_send_and_nobody_else() {
        assertThat(permits(organization(OWNER), "write", OWNER)).isTrue();
        var byCode = caller(Optional.empty(), Optional.of("ttd"), Optional.empty(), OptionalInt.empty(), 3);
        assertThat(permits(byCode, "write", OWNER)).isTrue();
        assertThat(permits(organization(OTHER), "write", OWNER)).isFalse();
        assertThat(permits(organization(RECIPIENT), "write", RECIPIENT)).isFalse();
        assertThat(permits(user(20000001, 4), "write", PERSON)).isFalse();
    }

    @Test
    void the_recipient_may_read_and_nobody_else() {
        assertThat(permits(organization(RECIPIENT), "read", RECIPIENT)).isTrue();
        assertThat(permits(organization(OTHER), "read", RECIPIENT)).isFalse();
        assertThat(permits(organization(OWNER), "read", RECIPIENT)).isFalse();
        assertThat(permits(user(20000001, 3), "read", PERSON)).isTrue();
        assertThat(permits(user(20000002, 3), "read", PERSON)).isFalse();
        assertThat(permits(user(20000001, 3), "read", RECIPIENT)).isFalse();
    }

    @Test
    void an_unregistered_organisation_acts_for_itself_too() {
        assertThat(permits(organization(UNREGISTERED), "read", UNREGISTERED)).isTrue();
        assertThat(permits(organization(OTHER), "read", UNREGISTERED)).isFalse();
    }

    @Test
    void one_of_several_actions_suffices() {
        var both = Set.of("read", "write");
        assertThat(access.permits(organization(RECIPIENT), both, SEED.resource(), RECIPIENT, Optional.empty()))
                .isTrue();
        assertThat(access.permits(organization(OWNER), both, SEED.resource(), RECIPIENT, Optional.empty()))
                .isTrue();
        assertThat(access.permits(organization(OTHER), both, SEED.resource(), RECIPIENT, Optional.empty()))
                .isFalse();
    }

    @Test
    void the_level_of_the_policy_must_be_reached() {
        assertThat(permits(user(20000001, 2), "read", PERSON)).isTrue();
        assertThat(permits(user(20000001, 1), "read", PERSON)).isFalse();
    }

    @Test
    void a_service_owner_may_reach_its_own_level_instead() {
        policies.put(
                ID,
                new PolicyText()
                        .rule("Permit")
                        .level(Names.LEVEL, "Permit", "4")
                        .level(Names.LEVEL_ORG, "Permit", "3")
                        .text());
        var owner = caller(Optional.of(OWNER), Optional.of("ttd"), Optional.empty(), OptionalInt.empty(), 3);
        assertThat(permits(owner, "read", RECIPIENT)).isTrue();
        assertThat(permits(organization(RECIPIENT), "read", RECIPIENT)).isFalse();
    }

    @Test
    void a_system_user_has_no_access_without_a_rule_that_names_it() {
        UUID id = UUID.fromString("8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11");
        var systemUser = caller(Optional.of(OWNER), Optional.of("ttd"), Optional.of(id), OptionalInt.empty(), 3, "a");
        assertThat(permits(systemUser, "read", RECIPIENT)).isFalse();
        assertThat(permits(systemUser, "write", OWNER)).isFalse();
        policies.put(
                ID,
                new PolicyText()
                        .rule(
                                "Permit",
                                PolicyText.target(PolicyText.anyOf(
                                        PolicyText.allOf(PolicyText.subject(Names.SYSTEM_USER, id.toString())))))
                        .text());
        assertThat(permits(systemUser, "read", RECIPIENT)).isTrue();
    }

    @Test
    void somebody_who_has_logged_in_is_not_the_organisation_that_owns_the_client() {
        var person = new Caller(
                "https://issuer.example/",
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(RECIPIENT),
                Optional.empty(),
                Optional.of(PERSON),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                4,
                Map.of(),
                Optional.empty());
        assertThat(permits(person, "read", RECIPIENT)).isFalse();
        assertThat(permits(person, "read", PERSON)).isTrue();
    }

    @Test
    void a_token_can_not_claim_a_relation_to_the_party() {
        var liar = new Caller(
                "https://issuer.example/",
                Set.of(),
                Optional.empty(),
                Optional.of(OTHER),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                4,
                Map.of("urn:budstikke:party-relation", "self", "urn:altinn:partyid", "50015641"),
                Optional.empty());
        assertThat(permits(liar, "read", RECIPIENT)).isFalse();
    }

    @Test
    void an_unregistered_user_without_a_number_can_not_be_asked_for() {
        assertThat(permits(organization(OWNER), "write", new EmailUser("kari@eksempel.no")))
                .isFalse();
    }

    @Test
    void the_service_owners_bypass_is_a_switch_and_needs_the_scope() {
        var lenient = new Access(decisions, SEED.parties(), clock, true);
        Caller owner = organization(OWNER, "altinn:serviceowner");
        assertThat(lenient.permits(owner, Set.of("read"), SEED.resource(), RECIPIENT, Optional.empty()))
                .isTrue();
        assertThat(permits(owner, "read", RECIPIENT)).isFalse();
        assertThat(lenient.permits(organization(OWNER), Set.of("read"), SEED.resource(), RECIPIENT, Optional.empty()))
                .isFalse();
        Caller other = organization(OTHER, "altinn:serviceowner");
        assertThat(lenient.permits(other, Set.of("read"), SEED.resource(), RECIPIENT, Optional.empty()))
                .isFalse();
    }

    @Test
    void the_owner_publishes_and_an_admin_publishes_anything() {
        assertThat(access.mayPublish(organization(OWNER), about("/party/50015641")))
                .isTrue();
        assertThat(access.mayPublish(organization(OWNER), aboutNobody())).isTrue();
        assertThat(access.mayPublish(organization(RECIPIENT), about("/party/50015641")))
                .isFalse();
        var unknown = new EventTarget("urn:nbib:bokoversikt.api", Optional.empty(), Optional.empty());
        assertThat(access.mayPublish(organization(OWNER), unknown)).isFalse();
        assertThat(access.mayPublish(organization(OTHER, "altinn:events.publish.ADMIN"), unknown))
                .isTrue();
        assertThat(access.mayPublish(organization(OTHER, "altinn:events.publish"), unknown))
                .isFalse();
    }

    @Test
    void publishing_does_not_look_at_the_level() {
        var low = caller(Optional.of(OWNER), Optional.empty(), Optional.empty(), OptionalInt.empty(), 0);
        assertThat(access.mayPublish(low, aboutNobody())).isTrue();
        assertThat(access.mayRead(low, aboutNobody())).isFalse();
    }

    @Test
    void a_query_shows_the_owner_everything_and_others_their_own() {
        assertThat(access.mayRead(organization(OWNER), about("/party/50015641")))
                .isTrue();
        assertThat(access.mayRead(organization(RECIPIENT), about("/party/50015641")))
                .isTrue();
        assertThat(access.mayRead(organization(OTHER), about("/party/50015641")))
                .isFalse();
        assertThat(access.mayRead(organization(RECIPIENT), aboutNobody())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // consumer, subject of the event, allowed
        "/organisation/123456789, /party/50015641, true",
        "/organisation/123456789, /organisation/123456789, true",
        "/organisation/123456789, urn:altinn:organization:identifier-no:123456789, true",
        "/organisation/123456789, urn:altinn:partyid:50015641, true",
        "/organisation/310000018, /party/50015641, false",
        "/organisation/314000000, /organisation/314000000, true",
        "/org/ttd, /party/50015641, true",
        "/organisation/991825827, /party/50015641, true",
        "/org/skd, /party/50015641, false",
        "/user/20000001, /party/50010001, true",
        "/user/20000001, urn:altinn:person:identifier-no:01819010001, true",
        "/user/20000001, /person/01819010001, true",
        "/user/20000002, urn:altinn:person:identifier-no:01819010001, false",
        "/user/29999999, /party/50010001, false",
        "/systemuser/8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11, /party/50015641, false",
        "/party/50015641, /party/50015641, false",
        "/organisation/123456789, /autotest/k6, false",
        "/organisation/123456789, urn:altinn:resource:altinn-correspondence-test-resource-2, false",
        "/org/ttd, urn:altinn:resource:altinn-correspondence-test-resource-2, false",
        "/organisation/, /organisation/, false",
        "nobody, /party/50015641, false",
        "/, /, false",
    })
    void a_push_goes_to_the_owner_and_to_the_party_itself(String consumer, String subject, boolean allowed) {
        assertThat(access.mayReceive(consumer, about(subject))).isEqualTo(allowed);
    }

    @Test
    void a_filter_without_a_party_is_allowed_to_whoever_may_see_its_own() {
        assertThat(access.maySubscribe("/organisation/123456789", aboutNobody()))
                .isTrue();
        assertThat(access.maySubscribe("/user/20000001", aboutNobody())).isTrue();
        assertThat(access.maySubscribe("/org/ttd", aboutNobody())).isTrue();
        assertThat(access.maySubscribe("/org/skd", aboutNobody())).isFalse();
        assertThat(access.maySubscribe("/systemuser/8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11", aboutNobody()))
                .isFalse();
        assertThat(access.mayReceive("/organisation/123456789", aboutNobody())).isFalse();
    }

    @Test
    void a_filter_with_a_party_is_decided_as_it_stands() {
        assertThat(access.maySubscribe("/organisation/123456789", about("/party/50015641")))
                .isTrue();
        assertThat(access.maySubscribe("/organisation/310000018", about("/party/50015641")))
                .isFalse();
    }

    @Test
    void nobody_subscribes_to_an_unknown_resource() {
        var unknown = new EventTarget("urn:altinn:resource:unheard-of", Optional.empty(), Optional.empty());
        assertThat(access.maySubscribe("/org/ttd", unknown)).isFalse();
        assertThat(access.maySubscribe("/organisation/123456789", unknown)).isFalse();
    }

    @Test
    void an_app_is_asked_for_with_read_and_its_own_attributes() {
        policies.put(
                "app_ttd_my_app",
                new PolicyText()
                        .rule(
                                "Permit",
                                PolicyText.target(
                                        PolicyText.anyOf(PolicyText.allOf(
                                                PolicyText.resource(Names.ORG, "ttd"),
                                                PolicyText.resource(Names.APP, "my_app"),
                                                PolicyText.resource(Names.APP_RESOURCE, "events"))),
                                        PolicyText.anyOf(PolicyText.allOf(PolicyText.action("read")))))
                        .text());
        var app = new EventTarget("urn:altinn:resource:app_ttd_my_app", Optional.empty(), Optional.empty());
        assertThat(access.mayReceive("/org/ttd", app)).isTrue();
    }

    @Test
    void decisions_about_pushes_are_kept_for_a_minute_and_dropped_with_the_policy() {
        policies.put(ID, new PolicyText().rule("Permit").text());
        assertThat(access.mayReceive("/org/skd", aboutNobody())).isTrue();
        policies.put(ID, new PolicyText().rule("Deny").text());
        assertThat(access.mayReceive("/org/skd", aboutNobody())).isTrue();
        assertThat(access.mayReceive("/org/skd", about("/party/50015641"))).isFalse();
        clock.advance(Duration.ofSeconds(60));
        assertThat(access.mayReceive("/org/skd", aboutNobody())).isFalse();

        policies.put(ID, new PolicyText().rule("Permit").text());
        access.policyChanged();
        assertThat(access.mayReceive("/org/skd", aboutNobody())).isTrue();
    }

    /// Spec: events §3.7, §5.7, §16 15.
    @Test
    void a_person_is_asked_for_by_uuid_and_never_by_number_and_an_unknown_one_not_at_all() {
        String uuid = SEED.parties().find(PERSON).orElseThrow().uuid().toString();
        String unknown = "urn:altinn:person:identifier-no:16069412345";
        for (String subject : List.of(PERSON.urn(), "/person/" + PERSON.digits())) {
            ask(PolicyText.resource(Names.PARTY_UUID, uuid));
            assertThat(access.mayReceive("/org/skd", about(subject))).isTrue();
            assertThat(access.mayRead(organization(OTHER), about(subject))).isTrue();
            assertThat(access.mayPublish(organization(OTHER), about(subject))).isTrue();
            assertThat(access.mayPublish(organization(OTHER), about(unknown))).isFalse();
            ask(PolicyText.resource(Names.PERSON, PERSON.digits()));
            assertThat(access.mayReceive("/org/skd", about(subject))).isFalse();
            assertThat(access.mayPublish(organization(OTHER), about(subject))).isFalse();
            ask(PolicyText.resource(Names.PERSON, "16069412345"));
            assertThat(access.mayPublish(organization(OTHER), about(unknown))).isFalse();
        }
    }

    private void ask(String match) {
        policies.put(
                ID,
                new PolicyText()
                        .rule("Permit", PolicyText.target(PolicyText.anyOf(PolicyText.allOf(match))))
                        .text());
        access.policyChanged();
    }

    @Test
    void what_an_app_published_itself_is_asked_for_by_its_source() {
        policies.put(
                "app_ttd_my_app",
                new PolicyText()
                        .rule(
                                "Permit",
                                PolicyText.target(PolicyText.anyOf(PolicyText.allOf(
                                        PolicyText.resource(Names.ORG, "ttd"),
                                        PolicyText.resource(Names.APP, "my_app"),
                                        PolicyText.resource(Names.APP_INSTANCE, "50015641/guid")))))
                        .text());
        String instance = "https://ttd.apps.altinn.no/ttd/my_app/instances/50015641/guid";
        assertThat(access.mayReceive("/org/skd", ofApp("app.instance.created", instance)))
                .isTrue();
        assertThat(access.mayReceive("/org/skd", ofApp("app.instance.created", instance + "2")))
                .as("another instance is another question")
                .isFalse();
        assertThat(access.mayReceive(
                        "/org/skd",
                        ofApp("app.instance.created", "https://ttd.apps.altinn.no/ttd/other/instances/50015641/guid")))
                .as("another app's source on this app's resource")
                .isFalse();
        assertThat(access.mayReceive("/org/skd", ofApp("dialogporten.dialog.created.v1", instance)))
                .as("what somebody else published names no instance")
                .isFalse();
    }

    @Test
    void an_app_whose_source_is_too_short_is_named_by_its_resource() {
        policies.put("app_ttd_my_app", byOrgAndApp());
        for (String source : List.of("https://ttd.apps.altinn.no", "https://ttd.apps.altinn.no/ttd", "not a uri %")) {
            assertThat(access.mayReceive("/org/skd", ofApp("app.instance.created", source)))
                    .as(source)
                    .isTrue();
        }
        assertThat(access.mayReceive("/org/skd", ofApp("app.instance.created", "https://x.example/skd/my_app")))
                .isFalse();
    }

    @Test
    void a_push_is_asked_for_with_source_and_instance_and_asked_anew_where_the_policy_looks_at_them() {
        policies.put(
                ID,
                new PolicyText()
                        .rule(
                                "Permit",
                                PolicyText.target(PolicyText.anyOf(PolicyText.allOf(
                                        PolicyText.resource(Names.EVENT_SOURCE, "https://a.example/"),
                                        PolicyText.resource(Names.INSTANCE, "1")))))
                        .text());
        assertThat(access.mayReceive("/org/skd", generic("https://a.example/", "1")))
                .isTrue();
        assertThat(access.mayReceive("/org/skd", generic("https://a.example/", "2")))
                .isFalse();
        assertThat(access.mayReceive("/org/skd", generic("https://b.example/", "1")))
                .isFalse();
    }

    @Test
    void what_the_policy_does_not_look_at_is_no_other_question() {
        policies.put(ID, new PolicyText().rule("Permit").text());
        assertThat(access.mayReceive("/org/skd", generic("https://a.example/", "1")))
                .isTrue();
        assertThat(ResourceAttributes.reduced(generic("https://a.example/", "1"), id -> decisions.looksAt(URN, id)))
                .isEqualTo(ResourceAttributes.reduced(
                        generic("https://b.example/", "2"), id -> decisions.looksAt(URN, id)))
                .isEqualTo(aboutNobody());
    }

    private static EventTarget ofApp(String type, String source) {
        return new EventTarget(
                "urn:altinn:resource:app_ttd_my_app",
                Optional.empty(),
                Optional.of(type),
                Optional.of(source),
                Optional.empty());
    }

    private static EventTarget generic(String source, String instance) {
        return new EventTarget(URN, Optional.empty(), Optional.of("t"), Optional.of(source), Optional.of(instance));
    }

    private static String byOrgAndApp() {
        return new PolicyText()
                .rule(
                        "Permit",
                        PolicyText.target(PolicyText.anyOf(PolicyText.allOf(
                                PolicyText.resource(Names.ORG, "ttd"), PolicyText.resource(Names.APP, "my_app")))))
                .text();
    }

    @Test
    void a_broken_policy_opens_nothing() {
        policies.put(ID, "<broken");
        assertThat(permits(organization(OWNER), "write", OWNER)).isFalse();
        assertThat(access.mayReceive("/org/ttd", aboutNobody())).isFalse();
        assertThat(decisions.decide(
                        new AccessRequest(List.of(), Set.of("read"), List.of(new Attribute(Names.RESOURCE, ID)))))
                .isInstanceOf(Decision.Indeterminate.class);
    }

    @Test
    void a_request_that_contradicts_itself_is_not_decided() {
        policies.put(ID, new PolicyText().rule("Permit").text());
        List<Attribute> about = List.of(new Attribute(Names.RESOURCE, ID));
        assertThat(decide(List.of(new Attribute(Names.ORG, "ttd")), about)).isInstanceOf(Decision.Permit.class);
        assertThat(decide(List.of(new Attribute(Names.SYSTEM_USER, "x"), new Attribute(Names.ORG, "ttd")), about))
                .isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide(
                        List.of(new Attribute(Names.USER_ID, "1"), new Attribute(Names.PERSON, PERSON.digits())),
                        about))
                .isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide(
                        List.of(
                                new Attribute(Names.USER_ID, "1"),
                                new Attribute(Names.ORGANIZATION_LEGACY, "310000018")),
                        about))
                .isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide(
                        List.of(new Attribute(Names.ORG, "ttd")),
                        List.of(
                                new Attribute(Names.RESOURCE, ID),
                                new Attribute(Names.PARTY_ID, "50015641"),
                                new Attribute(Names.ORGANIZATION, "310000018"))))
                .isInstanceOf(Decision.Indeterminate.class);
    }

    private Decision decide(List<Attribute> subject, List<Attribute> about) {
        return decisions.decide(new AccessRequest(subject, Set.of("read"), about));
    }

    @Test
    void a_policy_may_name_the_party_by_its_id_however_it_was_asked_for() {
        policies.put(
                ID,
                new PolicyText()
                        .rule(
                                "Permit",
                                PolicyText.target(PolicyText.anyOf(
                                        PolicyText.allOf(PolicyText.resource(Names.PARTY_ID, "50015641")))))
                        .text());
        assertThat(access.mayReceive("/org/x", about("/organisation/123456789")))
                .isTrue();
        assertThat(access.mayReceive("/org/x", about("urn:altinn:organization:identifier-no:310000018")))
                .isFalse();
    }
}

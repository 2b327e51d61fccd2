package no.budstikke.access;

import static no.budstikke.access.PolicyText.action;
import static no.budstikke.access.PolicyText.allOf;
import static no.budstikke.access.PolicyText.anyOf;
import static no.budstikke.access.PolicyText.match;
import static no.budstikke.access.PolicyText.resource;
import static no.budstikke.access.PolicyText.subject;
import static no.budstikke.access.PolicyText.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {

    private static final String SUBJECT = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
    private static final AccessRequest REQUEST = new AccessRequest(
            List.of(new Attribute("who", "kari"), new Attribute("who", "ola"), new Attribute("role", "DAGL")),
            Set.of("read", "write"),
            List.of(new Attribute("urn:altinn:resource", "r1"), new Attribute("party", "7")));

    private static Decision decide(PolicyText policy) {
        try {
            return Evaluation.of(PolicyReader.read(policy.text()), REQUEST);
        } catch (PolicyReader.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    private static Decision decide(String effect, String... content) {
        return decide(new PolicyText().rule(effect, content));
    }

    private static final Decision PERMIT = new Decision.Permit(List.of());

    @Test
    void a_rule_without_a_target_always_applies() {
        assertThat(decide("Permit")).isEqualTo(PERMIT);
        assertThat(decide("Deny")).isEqualTo(new Decision.Deny());
        assertThat(decide("Permit", "<Target/>")).isEqualTo(PERMIT);
    }

    @ParameterizedTest
    @CsvSource({
        "kari, r1, read, true",
        "ola, r1, write, true",
        "per, r1, read, false",
        "Kari, r1, read, false",
        "kari, r2, read, false",
        "kari, r1, publish, false",
    })
    void subject_resource_and_action_must_hold_together(String who, String what, String how, boolean permitted) {
        Decision decision = decide(
                "Permit",
                target(
                        anyOf(allOf(subject("who", who))),
                        anyOf(allOf(resource("urn:altinn:resource", what))),
                        anyOf(allOf(action(how)))));
        assertThat(decision).isEqualTo(permitted ? PERMIT : new Decision.NotApplicable());
    }

    @Test
    void all_matches_of_one_alternative_must_hold() {
        assertThat(decide("Permit", target(anyOf(allOf(subject("who", "kari"), subject("role", "DAGL"))))))
                .isEqualTo(PERMIT);
        assertThat(decide("Permit", target(anyOf(allOf(subject("who", "kari"), subject("role", "LEDE"))))))
                .isEqualTo(new Decision.NotApplicable());
    }

    @Test
    void several_any_of_are_alternatives_as_in_the_reference() {
        assertThat(decide(
                        "Permit", target(anyOf(allOf(subject("who", "per"))), anyOf(allOf(subject("who", "kari"))))))
                .isEqualTo(PERMIT);
    }

    @Test
    void an_all_of_does_not_bind_categories_together_as_in_the_reference() {
        assertThat(decide(
                        "Permit",
                        target(anyOf(
                                allOf(subject("who", "kari"), action("publish")),
                                allOf(subject("who", "per"), action("read"))))))
                .isEqualTo(PERMIT);
    }

    @Test
    void case_counts_unless_the_function_says_otherwise() {
        assertThat(decide("Permit", target(anyOf(allOf(subject("role", "dagl"))))))
                .isEqualTo(new Decision.NotApplicable());
        assertThat(decide(
                        "Permit", target(anyOf(allOf(match(PolicyText.IGNORE_CASE, SUBJECT, "role", "dagl", false))))))
                .isEqualTo(PERMIT);
    }

    @Test
    void an_attribute_that_must_be_present_leaves_the_decision_open() {
        String equal = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
        assertThat(decide("Permit", target(anyOf(allOf(match(equal, SUBJECT, "level", "3", true))))))
                .isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide("Permit", target(anyOf(allOf(match(equal, SUBJECT, "level", "3", false))))))
                .isEqualTo(new Decision.NotApplicable());
        assertThat(decide("Permit", target(anyOf(allOf(match(equal, SUBJECT, "who", "per", true))))))
                .isEqualTo(new Decision.NotApplicable());
    }

    @Test
    void what_is_not_known_never_permits() {
        String matches = "urn:oasis:names:tc:xacml:1.0:function:string-regexp-match";
        assertThat(decide("Permit", target(anyOf(allOf(match(matches, SUBJECT, "who", "kari", false))))))
                .isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide("Permit", "<Condition/>")).isInstanceOf(Decision.Indeterminate.class);
        assertThat(decide("Permit", target(anyOf(allOf(match(PolicyText.IGNORE_CASE, "environment", "x", "y", false))))))
                .isEqualTo(new Decision.NotApplicable());
        assertThat(decide(
                        "Permit",
                        target(anyOf(allOf("<Match MatchId='urn:oasis:names:tc:xacml:1.0:function:string-equal'>"
                                + "<AttributeValue>x</AttributeValue><AttributeSelector/></Match>")))))
                .isInstanceOf(Decision.Indeterminate.class);
    }

    @Test
    void a_rule_that_can_not_be_decided_does_not_spoil_a_permit_unless_it_might_deny() {
        assertThat(decide(new PolicyText().rule("Permit").rule("Permit", "<Condition/>")))
                .isEqualTo(PERMIT);
        assertThat(decide(new PolicyText().rule("Permit").rule("Deny", "<Condition/>")))
                .isInstanceOf(Decision.Indeterminate.class);
    }

    @Test
    void where_no_rule_is_picked_nothing_applies_whatever_the_algorithm() {
        for (String algorithm : List.of("deny-unless-permit", "permit-unless-deny", "deny-overrides")) {
            var policy = new PolicyText()
                    .combining("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:" + algorithm)
                    .rule("Permit", target(anyOf(allOf(action("publish")))));
            assertThat(decide(policy)).isEqualTo(new Decision.NotApplicable());
        }
    }

    @Test
    void a_picked_rule_for_others_is_a_denial_under_deny_unless_permit() {
        var policy = new PolicyText()
                .combining("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit")
                .rule("Permit", target(anyOf(allOf(action("read"))), anyOf(allOf(subject("who", "per")))));
        assertThat(decide(policy)).isEqualTo(new Decision.Deny());
    }

    @Test
    void obligations_come_with_a_permit_only_and_only_those_for_it() {
        var permit = new PolicyText()
                .rule("Permit")
                .level(Names.LEVEL, "Permit", " 3 ")
                .level(Names.LEVEL_ORG, "Permit", "2")
                .level(Names.LEVEL, "Deny", "4")
                .level("urn:another:obligation", "Permit", "x");
        assertThat(decide(permit))
                .isEqualTo(new Decision.Permit(List.of(
                        new Decision.Obligation(Names.LEVEL, 3), new Decision.Obligation(Names.LEVEL_ORG, 2))));
        assertThat(decide(new PolicyText().rule("Deny").level(Names.LEVEL, "Permit", "3")))
                .isEqualTo(new Decision.Deny());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no xml",
                "<Policy/>",
                "<PolicySet xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'/>",
                "<Policy xmlns='urn:oasis:names:tc:xacml:2.0:policy:schema:os'/>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
                        + "<Policy xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'>&e;</Policy>",
                "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                        + "<Policy xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'>&b;</Policy>",
            })
    void what_is_no_policy_is_not_read(String text) {
        assertThatThrownBy(() -> PolicyReader.read(text)).isInstanceOf(PolicyReader.Unreadable.class);
    }

    @Test
    void a_policy_that_can_not_be_followed_is_not_read() {
        var unknownAlgorithm = new PolicyText().combining("urn:unheard-of").rule("Permit");
        assertThatThrownBy(() -> PolicyReader.read(unknownAlgorithm.text())).hasMessageContaining("urn:unheard-of");
        var badLevel = new PolicyText().rule("Permit").level(Names.LEVEL, "Permit", "high");
        assertThatThrownBy(() -> PolicyReader.read(badLevel.text())).hasMessageContaining("level");
        assertThatThrownBy(() -> PolicyReader.read(new PolicyText().rule("Maybe").text()))
                .hasMessageContaining("effect");
    }
}

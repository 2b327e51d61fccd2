package no.budstikke.access;

import java.util.ArrayList;
import java.util.List;

/// Writes policy documents for tests.
final class PolicyText {

    private static final String STRING_EQUAL = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
    static final String IGNORE_CASE = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case";
    static final String DENY_OVERRIDES = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides";

    private final List<String> rules = new ArrayList<>();
    private String algorithm = DENY_OVERRIDES;
    private String obligations = "";

    PolicyText combining(String uri) {
        algorithm = uri;
        return this;
    }

    /// A rule with the content of its element.
    PolicyText rule(String effect, String... content) {
        rules.add("<Rule RuleId='r" + rules.size() + "' Effect='" + effect + "'>" + String.join("", content) + "</Rule>");
        return this;
    }

    PolicyText level(String category, String fulfillOn, String level) {
        obligations += """
                <ObligationExpression ObligationId='o' FulfillOn='%s'>
                  <AttributeAssignmentExpression AttributeId='a' Category='%s'>
                    <AttributeValue DataType='http://www.w3.org/2001/XMLSchema#integer'>%s</AttributeValue>
                  </AttributeAssignmentExpression>
                </ObligationExpression>
                """.formatted(fulfillOn, category, level);
        return this;
    }

    String text() {
        return "<Policy xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17' PolicyId='p' Version='1.0'"
                + " RuleCombiningAlgId='" + algorithm + "'><Target/>" + String.join("", rules)
                + "<ObligationExpressions>" + obligations + "</ObligationExpressions></Policy>";
    }

    static String target(String... anyOfs) {
        return "<Target>" + String.join("", anyOfs) + "</Target>";
    }

    static String anyOf(String... allOfs) {
        return "<AnyOf>" + String.join("", allOfs) + "</AnyOf>";
    }

    static String allOf(String... matches) {
        return "<AllOf>" + String.join("", matches) + "</AllOf>";
    }

    static String subject(String id, String value) {
        return match(STRING_EQUAL, "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", id, value, false);
    }

    static String resource(String id, String value) {
        return match(STRING_EQUAL, "urn:oasis:names:tc:xacml:3.0:attribute-category:resource", id, value, false);
    }

    static String action(String value) {
        return match(
                STRING_EQUAL,
                "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
                "urn:oasis:names:tc:xacml:1.0:action:action-id",
                value,
                false);
    }

    static String match(String function, String category, String id, String value, boolean mustBePresent) {
        return """
                <Match MatchId='%s'>
                  <AttributeValue DataType='http://www.w3.org/2001/XMLSchema#string'>%s</AttributeValue>
                  <AttributeDesignator Category='%s' AttributeId='%s' MustBePresent='%s'
                      DataType='http://www.w3.org/2001/XMLSchema#string'/>
                </Match>
                """.formatted(function, value, category, id, mustBePresent);
    }
}

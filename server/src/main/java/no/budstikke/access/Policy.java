package no.budstikke.access;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A policy document, in the subset that Altinn's policies use. Its own target is not looked at. Spec:
/// authorization §15, §16.7.
///
/// @param obligations of a permit
record Policy(Combining combining, List<Rule> rules, List<Decision.Obligation> obligations) {

    Policy {
        rules = List.copyOf(rules);
        obligations = List.copyOf(obligations);
    }

    /// Ids of the attributes that its rules look at.
    Set<String> attributes() {
        return rules.stream()
                .flatMap(rule -> rule.target().values().stream())
                .flatMap(List::stream)
                .flatMap(alternative -> alternative.matches().stream())
                .map(Match::attributeId)
                .collect(Collectors.toUnmodifiableSet());
    }

    enum Effect {
        PERMIT,
        DENY
    }

    /// @param target by category, the alternatives of which one must hold; a category that is not there
    ///     holds
    /// @param conditional whether there is a condition; we know none, so such a rule can't be decided
    record Rule(
            Effect effect,
            Map<Category, List<Alternative>> target,
            boolean conditional,
            List<Decision.Obligation> obligations) {

        Rule {
            target = Map.copyOf(target);
            obligations = List.copyOf(obligations);
        }
    }

    /// The matches of one category in one `AllOf`: all of them must hold.
    record Alternative(List<Match> matches) {

        Alternative {
            matches = List.copyOf(matches);
        }
    }

    /// Whether any value of an attribute is `value`.
    record Match(Function function, String value, String attributeId, boolean mustBePresent) {}

    enum Function {
        EQUAL,
        EQUAL_IGNORE_CASE,
        /// One that we don't know: such a match can't be decided.
        UNKNOWN;

        static Function of(String uri) {
            return switch (uri) {
                case "urn:oasis:names:tc:xacml:1.0:function:string-equal",
                        "urn:oasis:names:tc:xacml:1.0:function:anyURI-equal",
                        "urn:oasis:names:tc:xacml:1.0:function:integer-equal" -> EQUAL;
                case "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case" -> EQUAL_IGNORE_CASE;
                default -> UNKNOWN;
            };
        }
    }
}

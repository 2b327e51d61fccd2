package no.budstikke.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a policy says to a request. First the rules are picked whose resource and action hold; then
/// their subjects are looked at; then the outcomes are combined. Spec: authorization §16.5, §16.7.
final class Evaluation {

    private static final String ACTION_ID = "urn:oasis:names:tc:xacml:1.0:action:action-id";

    private Evaluation() {}

    static Decision of(Policy policy, AccessRequest request) {
        var outcomes = new ArrayList<Outcome>();
        var obligations = new ArrayList<>(policy.obligations());
        for (Policy.Rule rule : policy.rules()) {
            Truth picked = both(holds(rule, Category.RESOURCE, request), holds(rule, Category.ACTION, request));
            if (picked != Truth.FALSE) {
                Outcome outcome = outcome(rule, picked, request);
                outcomes.add(outcome);
                if (outcome == Outcome.PERMIT) {
                    obligations.addAll(rule.obligations());
                }
            }
        }
        if (outcomes.isEmpty()) {
            return new Decision.NotApplicable();
        }
        return switch (policy.combining().combine(outcomes)) {
            case PERMIT -> new Decision.Permit(obligations);
            case DENY -> new Decision.Deny();
            case NOT_APPLICABLE -> new Decision.NotApplicable();
            case PERMIT_UNDECIDED, DENY_UNDECIDED, UNDECIDED ->
                new Decision.Indeterminate("a rule misses an attribute, or asks for what is not known here");
        };
    }

    /// The first rule that denies; for telling why.
    static Optional<Policy.Rule> denying(Policy policy, AccessRequest request) {
        return policy.rules().stream()
                .filter(rule -> {
                    Truth picked = both(holds(rule, Category.RESOURCE, request), holds(rule, Category.ACTION, request));
                    return picked != Truth.FALSE && outcome(rule, picked, request) == Outcome.DENY;
                })
                .findFirst();
    }

    private static Outcome outcome(Policy.Rule rule, Truth picked, AccessRequest request) {
        Truth subject = both(holds(rule, Category.SUBJECT, request), holds(rule, Category.OTHER, request));
        return switch (both(both(picked, subject), rule.conditional() ? Truth.UNKNOWN : Truth.TRUE)) {
            case TRUE -> rule.effect() == Policy.Effect.PERMIT ? Outcome.PERMIT : Outcome.DENY;
            case FALSE -> Outcome.NOT_APPLICABLE;
            case UNKNOWN -> rule.effect() == Policy.Effect.PERMIT ? Outcome.PERMIT_UNDECIDED : Outcome.DENY_UNDECIDED;
        };
    }

    private enum Truth {
        TRUE,
        FALSE,
        UNKNOWN
    }

    private static Truth both(Truth one, Truth other) {
        if (one == Truth.FALSE || other == Truth.FALSE) {
            return Truth.FALSE;
        }
        return one == Truth.TRUE ? other : one;
    }

    private static Truth holds(Policy.Rule rule, Category category, AccessRequest request) {
        List<Policy.Alternative> alternatives = rule.target().get(category);
        if (alternatives == null) {
            return Truth.TRUE;
        }
        Truth any = Truth.FALSE;
        for (Policy.Alternative alternative : alternatives) {
            switch (holds(alternative, category, request)) {
                case TRUE -> {
                    return Truth.TRUE;
                }
                case UNKNOWN -> any = Truth.UNKNOWN;
                case FALSE -> {}
            }
        }
        return any;
    }

    private static Truth holds(Policy.Alternative alternative, Category category, AccessRequest request) {
        Truth all = Truth.TRUE;
        for (Policy.Match match : alternative.matches()) {
            all = both(all, holds(match, category, request));
        }
        return all;
    }

    private static Truth holds(Policy.Match match, Category category, AccessRequest request) {
        if (match.function() == Policy.Function.UNKNOWN) {
            return Truth.UNKNOWN;
        }
        boolean present = false;
        for (String value : values(match.attributeId(), category, request)) {
            present = true;
            if (equal(match, value)) {
                return Truth.TRUE;
            }
        }
        return present || !match.mustBePresent() ? Truth.FALSE : Truth.UNKNOWN;
    }

    private static Iterable<String> values(String attributeId, Category category, AccessRequest request) {
        return switch (category) {
            case SUBJECT -> Attribute.values(request.subject(), attributeId);
            case RESOURCE -> Attribute.values(request.resource(), attributeId);
            case ACTION -> attributeId.equals(ACTION_ID) ? request.actions() : List.of();
            case OTHER -> List.of();
        };
    }

    private static boolean equal(Policy.Match match, String value) {
        return match.function() == Policy.Function.EQUAL_IGNORE_CASE
                ? match.value().equalsIgnoreCase(value)
                : match.value().equals(value);
    }
}

package no.budstikke.access;

import static no.budstikke.access.Outcome.DENY;
import static no.budstikke.access.Outcome.DENY_UNDECIDED;
import static no.budstikke.access.Outcome.NOT_APPLICABLE;
import static no.budstikke.access.Outcome.PERMIT;
import static no.budstikke.access.Outcome.PERMIT_UNDECIDED;
import static no.budstikke.access.Outcome.UNDECIDED;

import java.util.List;
import java.util.Optional;

/// How the outcomes of rules become one (XACML 3.0 appendix C). The ordered algorithms differ from the
/// unordered ones in nothing that can be seen here. Spec: authorization §16.7.
enum Combining {
    DENY_OVERRIDES {
        @Override
        Outcome combine(List<Outcome> rules) {
            return overriding(rules, DENY, DENY_UNDECIDED, PERMIT, PERMIT_UNDECIDED);
        }
    },
    PERMIT_OVERRIDES {
        @Override
        Outcome combine(List<Outcome> rules) {
            return overriding(rules, PERMIT, PERMIT_UNDECIDED, DENY, DENY_UNDECIDED);
        }
    },
    DENY_UNLESS_PERMIT {
        @Override
        Outcome combine(List<Outcome> rules) {
            return rules.contains(PERMIT) ? PERMIT : DENY;
        }
    },
    PERMIT_UNLESS_DENY {
        @Override
        Outcome combine(List<Outcome> rules) {
            return rules.contains(DENY) ? DENY : PERMIT;
        }
    },
    FIRST_APPLICABLE {
        @Override
        Outcome combine(List<Outcome> rules) {
            for (Outcome rule : rules) {
                switch (rule) {
                    case PERMIT, DENY -> {
                        return rule;
                    }
                    case PERMIT_UNDECIDED, DENY_UNDECIDED, UNDECIDED -> {
                        return UNDECIDED;
                    }
                    case NOT_APPLICABLE -> {}
                }
            }
            return NOT_APPLICABLE;
        }
    };

    private static final String OASIS = "urn:oasis:names:tc:xacml:";

    /// Of rules that apply, in the policy's order.
    abstract Outcome combine(List<Outcome> rules);

    private static Outcome overriding(
            List<Outcome> rules, Outcome strong, Outcome strongUndecided, Outcome weak, Outcome weakUndecided) {
        if (rules.contains(strong)) {
            return strong;
        }
        if (rules.contains(strongUndecided)) {
            return rules.contains(weak) || rules.contains(weakUndecided) ? UNDECIDED : strongUndecided;
        }
        if (rules.contains(weak)) {
            return weak;
        }
        return rules.contains(weakUndecided) ? weakUndecided : NOT_APPLICABLE;
    }

    /// The algorithm with that URI; the ones of XACML 1.0, but for one, are unknown in the reference too.
    static Optional<Combining> of(String uri) {
        String rest = uri.replaceFirst("^" + OASIS + "3\\.0:(rule|policy)-combining-algorithm:", "");
        return switch (rest) {
            case "deny-overrides", "ordered-deny-overrides" -> Optional.of(DENY_OVERRIDES);
            case "permit-overrides", "ordered-permit-overrides" -> Optional.of(PERMIT_OVERRIDES);
            case "deny-unless-permit" -> Optional.of(DENY_UNLESS_PERMIT);
            case "permit-unless-deny" -> Optional.of(PERMIT_UNLESS_DENY);
            case OASIS + "1.0:rule-combining-algorithm:first-applicable",
                    OASIS + "1.0:policy-combining-algorithm:first-applicable" -> Optional.of(FIRST_APPLICABLE);
            default -> Optional.empty();
        };
    }
}

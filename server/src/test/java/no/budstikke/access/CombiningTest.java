package no.budstikke.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CombiningTest {

    /// P Permit, D Deny, N not applicable, p and d a rule that can't be decided and might have been P or
    /// D, u undecided altogether.
    private static final Map<Character, Outcome> LETTERS = Map.of(
            'P', Outcome.PERMIT,
            'D', Outcome.DENY,
            'N', Outcome.NOT_APPLICABLE,
            'p', Outcome.PERMIT_UNDECIDED,
            'd', Outcome.DENY_UNDECIDED,
            'u', Outcome.UNDECIDED);

    private static List<Outcome> outcomes(String letters) {
        return letters.chars().mapToObj(letter -> LETTERS.get((char) letter)).toList();
    }

    /// Each column is one algorithm: deny-overrides, permit-overrides, deny-unless-permit,
    /// permit-unless-deny, first-applicable.
    @ParameterizedTest
    @CsvSource({
        "P,   P P P P P",
        "D,   D D D D D",
        "N,   N N D P N",
        "p,   p p D P u",
        "d,   d d D P u",
        "PP,  P P P P P",
        "PD,  D P P D P",
        "DP,  D P P D D",
        "PN,  P P P P P",
        "NP,  P P P P P",
        "DN,  D D D D D",
        "ND,  D D D D D",
        "NN,  N N D P N",
        "Pp,  P P P P P",
        "pP,  P P P P u",
        "Pd,  u P P P P",
        "dP,  u P P P u",
        "Dp,  D u D D D",
        "pD,  D u D D u",
        "Dd,  D D D D D",
        "dD,  D D D D u",
        "pd,  u u D P u",
        "Np,  p p D P u",
        "Nd,  d d D P u",
        "PDp, D P P D P",
        "PDd, D P P D P",
    })
    void every_algorithm_combines_as_the_standard_says(String rules, String expected) {
        Combining[] columns = {
            Combining.DENY_OVERRIDES,
            Combining.PERMIT_OVERRIDES,
            Combining.DENY_UNLESS_PERMIT,
            Combining.PERMIT_UNLESS_DENY,
            Combining.FIRST_APPLICABLE
        };
        List<Outcome> combined = Arrays.stream(columns)
                .map(algorithm -> algorithm.combine(outcomes(rules)))
                .toList();
        assertThat(combined).isEqualTo(outcomes(expected.replace(" ", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "deny-overrides, DENY_OVERRIDES",
        "ordered-deny-overrides, DENY_OVERRIDES",
        "permit-overrides, PERMIT_OVERRIDES",
        "ordered-permit-overrides, PERMIT_OVERRIDES",
        "deny-unless-permit, DENY_UNLESS_PERMIT",
        "permit-unless-deny, PERMIT_UNLESS_DENY",
    })
    void both_forms_of_an_algorithm_are_known(String name, Combining algorithm) {
        assertThat(Stream.of("rule", "policy")
                        .map(form -> "urn:oasis:names:tc:xacml:3.0:" + form + "-combining-algorithm:" + name))
                .allSatisfy(uri -> assertThat(Combining.of(uri)).contains(algorithm));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "deny-overrides-not",
                "urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:deny-overrides",
                "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:first-applicable",
                "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:only-one-applicable",
            })
    void other_algorithms_are_not(String uri) {
        assertThat(Combining.of(uri)).isEmpty();
    }
}

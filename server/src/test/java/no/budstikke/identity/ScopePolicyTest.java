package no.budstikke.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopePolicyTest {

    private static final List<TrustedIssuer> ISSUERS = List.of(
            new TrustedIssuer("https://a.altinn/", TrustedIssuer.Kind.ALTINN, Set.of("RS256"), _ -> List.of()),
            new TrustedIssuer("https://m/", TrustedIssuer.Kind.MASKINPORTEN, Set.of("RS256"), _ -> List.of()));

    @ParameterizedTest
    @CsvSource({
        // issuer, scopes, sender, recipient, either
        "https://a.altinn/, altinn:correspondence.write, true, false, true",
        "https://a.altinn/, altinn:correspondence.read, false, true, true",
        "https://a.altinn/, altinn:correspondence.writer x, false, false, false",
        "https://a.altinn/x, altinn:correspondence.write, false, false, false",
        "https://m/, altinn:correspondence.write, false, false, false",
        "https://m/, altinn:correspondence.write altinn:serviceowner, true, false, true",
        "https://m/, altinn:correspondence.write altinn:serviceowner/x, false, false, false",
        "https://m/, altinn:correspondence.read, false, false, true",
        "https://other/altinn, altinn:correspondence.write altinn:correspondence.read, false, false, false",
    })
    void the_issuer_and_the_scope_open_the_gate_together(
            String issuer, String scopes, boolean sender, boolean recipient, boolean either) {
        var caller = new Caller(
                issuer,
                Set.of(scopes.split(" ", -1)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                3,
                Map.of(),
                Optional.empty());
        assertThat(ScopePolicy.sender(ISSUERS).admits(caller)).isEqualTo(sender);
        assertThat(ScopePolicy.recipient(ISSUERS).admits(caller)).isEqualTo(recipient);
        assertThat(ScopePolicy.senderOrRecipient(ISSUERS).admits(caller)).isEqualTo(either);
    }
}

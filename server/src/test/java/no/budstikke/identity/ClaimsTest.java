package no.budstikke.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import no.budstikke.http.Json;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {

    private static final UUID ID = UUID.fromString("8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11");

    private static Caller caller(String json) {
        return caller(json, TrustedIssuer.Kind.ALTINN);
    }

    private static Caller caller(String json, TrustedIssuer.Kind kind) {
        try {
            return Claims.caller(
                    Json.SPARSE.readTree(json), new TrustedIssuer("iss", kind, Set.of("RS256"), _ -> List.of()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'authority':'iso6523-actorid-upis','ID':'0192:991825827'}",
                "{'id':'0192:991825827'}",
                "{'ID':'991825827'}",
                "[{'ID':'0192:991825827'}]",
                "'{\\\"ID\\\":\\\"0192:991825827\\\"}'",
                "'[{\\\"ID\\\":\\\"0192:991825827\\\"}]'",
            })
    void a_consumer_may_be_an_object_an_array_or_text(String consumer) {
        String json = ("{'consumer':" + consumer + "}").replace('\'', '"');
        assertThat(caller(json).consumer()).contains(new OrganizationNumber("991825827"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "null", "[]", "{}", "''", "'{'", "'0192:991825827'", "{'ID':{}}", "{'ID':'0192:x'}"})
    void a_consumer_that_can_not_be_read_is_none(String consumer) {
        String json = ("{'consumer':" + consumer + "}").replace('\'', '"');
        assertThat(caller(json).consumer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'systemuser_id':['%s'],'systemuser_org':{'ID':'0192:310000018'}}]",
                "{'systemuser_id':['%s'],'systemuser_org':{'ID':'0192:310000018'}}",
                "{'systemuser_id':'%s','systemuser_org':[{'ID':'0192:310000018'}]}",
            })
    void a_system_user_is_read_from_any_shape(String details) {
        String json = ("{'authorization_details':" + details.formatted("8D2F0BA2-6c6c-4c9f-9f5d-3c2f7a3c1d11") + "}")
                .replace('\'', '"');
        assertThat(caller(json).systemUser())
                .contains(new Caller.SystemUser(ID, Optional.of(new OrganizationNumber("310000018"))));
    }

    @Test
    void numbers_may_be_text() {
        Caller caller = caller("""
                {"urn:altinn:userid": "20000001", "urn:altinn:partyid": 50010001, "urn:altinn:authlevel": "3",
                 "urn:altinn:party:uuid": "8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11", "pid": "01819010001",
                 "urn:altinn:orgNumber": 991825827, "urn:altinn:org": "ttd", "jti": "j", "scope": " a  b "}
                """);
        assertThat(caller.userId()).isEqualTo(OptionalInt.of(20000001));
        assertThat(caller.partyId()).isEqualTo(OptionalInt.of(50010001));
        assertThat(caller.authLevel()).isEqualTo(3);
        assertThat(caller.partyUuid()).contains(ID);
        assertThat(caller.person()).contains(new NationalIdentityNumber("01819010001"));
        assertThat(caller.organizationNumber()).contains(new OrganizationNumber("991825827"));
        assertThat(caller.org()).contains("ttd");
        assertThat(caller.sessionId()).contains("j");
        assertThat(caller.scopes()).containsExactlyInAnyOrder("a", "b");
        assertThat(caller.urnClaims())
                .containsEntry("urn:altinn:partyid", "50010001")
                .doesNotContainKey("pid");
    }

    @Test
    void what_can_not_be_read_is_as_if_it_were_not_there() {
        Caller caller = caller("""
                {"urn:altinn:userid": "-1", "urn:altinn:partyid": 99999999999, "urn:altinn:authlevel": {"x": 1},
                 "urn:altinn:party:uuid": "1-1-1-1-1", "pid": "01819010002", "urn:altinn:orgNumber": "12",
                 "urn:altinn:org": " ", "scope": null, "authorization_details": "[{\\"systemuser_id\\": [1]}]"}
                """);
        assertThat(caller.userId()).isEmpty();
        assertThat(caller.partyId()).isEmpty();
        assertThat(caller.authLevel()).isZero();
        assertThat(caller.partyUuid()).isEmpty();
        assertThat(caller.person()).isEmpty();
        assertThat(caller.organizationNumber()).isEmpty();
        assertThat(caller.org()).isEmpty();
        assertThat(caller.systemUser()).isEmpty();
    }

    @Test
    void the_scope_of_an_exchanged_token_goes_before_the_plain_one() {
        Caller caller = caller("{\"scope\": \"a\", \"urn:altinn:scope\": \"b\"}");
        assertThat(caller.scopes()).containsExactly("b");
        assertThat(caller("{\"scope\": [\"a\", \"b c\"]}").scopes()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void the_level_follows_from_the_login_when_it_is_not_said() {
        assertThat(caller("{\"acr\": \"idporten-loa-high\"}").authLevel()).isEqualTo(4);
        assertThat(caller("{\"acr\": \"selfregistered-email\"}").authLevel()).isZero();
        assertThat(caller("{}", TrustedIssuer.Kind.MASKINPORTEN).authLevel()).isEqualTo(3);
        assertThat(caller("{\"urn:altinn:authlevel\": 99}").authLevel()).isEqualTo(4);
    }
}

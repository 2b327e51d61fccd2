package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import no.budstikke.party.OrganizationNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartyKeyTest {

    @Test
    void all_spellings_of_an_organisation_have_one_key() {
        assertThat(List.of(
                        "/organisation/023456789",
                        "/organization/023456789",
                        "/organisation/023456789/",
                        "/org/023456789",
                        "0192:023456789",
                        "urn:altinn:organization:identifier-no:023456789"))
                .extracting(PartyKey::of)
                .containsOnly(PartyKey.of(new OrganizationNumber("023456789")));
    }

    @Test
    void all_spellings_of_a_person_and_of_a_party_id_have_one_key_each() {
        assertThat(PartyKey.of("/person/01017512345"))
                .isEqualTo(PartyKey.of("urn:altinn:person:identifier-no:01017512345"))
                .isNotEqualTo(PartyKey.NONE);
        assertThat(List.of("/party/50015641", "urn:altinn:party:id:50015641", "urn:altinn:partyid:50015641"))
                .extracting(PartyKey::of)
                .containsOnly(PartyKey.ofPartyId(50015641));
    }

    @Test
    void keys_of_different_kinds_differ_though_the_digits_are_the_same() {
        assertThat(List.of(
                        PartyKey.of("/party/123456789"),
                        PartyKey.of("/organisation/123456789"),
                        PartyKey.of("/person/00123456789"),
                        PartyKey.ofOtherSubject("x"),
                        PartyKey.ofOtherAlternativeSubject("x")))
                .doesNotHaveDuplicates()
                .doesNotContain(PartyKey.NONE);
    }

    @Test
    void a_key_leads_back_to_what_it_stands_for() {
        assertThat(PartyKey.identifier(PartyKey.of("/org/000000001"))).contains(new OrganizationNumber("000000001"));
        assertThat(PartyKey.partyId(PartyKey.of("/party/2147483647"))).contains(Integer.MAX_VALUE);
        assertThat(PartyKey.partyId(PartyKey.of("/party/2147483648"))).isEmpty();
        assertThat(PartyKey.identifier(PartyKey.of("/person/99999999999"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "123456789",
                "/org/ttd",
                "/org/12345678",
                "/organisation/1234567890",
                "/Organisation/123456789",
                "/user/123456789",
                "/party/",
                "/party/12345678901",
                "/party/12a",
                "/person/123456789",
                "/systemuser/5ad9b1c2-0f2c-4d55-8a59-000000000001",
                "urn:altinn:party:uuid:123456789",
                "x/party/5",
                "/organisation/１２３４５６７８９"
            })
    void other_texts_name_no_party(String text) {
        assertThat(PartyKey.of(text)).isEqualTo(PartyKey.NONE);
    }
}

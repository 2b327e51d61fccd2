package no.budstikke.party;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartyIdentifierTest {

    @ParameterizedTest
    @CsvSource({
        "urn:altinn:organization:identifier-no:123456789, urn:altinn:organization:identifier-no:123456789",
        "URN:Altinn:Organization:Identifier-No:123456789, urn:altinn:organization:identifier-no:123456789",
        "0192:123456789,                                  urn:altinn:organization:identifier-no:123456789",
        "urn:altinn:person:identifier-no:01819010001,     urn:altinn:person:identifier-no:01819010001",
        "01819010001,                                     urn:altinn:person:identifier-no:01819010001",
        "urn:altinn:person:idporten-email:Kari@Eksempel.NO, urn:altinn:person:idporten-email:kari@eksempel.no",
        "urn:altinn:person:legacy-selfidentified:OlaN,    urn:altinn:person:legacy-selfidentified:olan",
    })
    void every_spelling_of_the_contract_is_read_as_its_canonical_one(String written, String canonical) {
        assertThat(PartyIdentifier.parse(written).map(PartyIdentifier::urn)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "123456789",
                "0192:12345678",
                "0192:1234567890",
                "01819010002",
                "urn:altinn:person:identifier-no:01819010011",
                "urn:altinn:organization:identifier-no:12345678x",
                "kari@eksempel.no",
                "urn:altinn:person:idporten-email:",
                "urn:altinn:person:idporten-email:@eksempel.no",
                "urn:altinn:person:idporten-email:kari@",
                "urn:altinn:person:idporten-email:a@b@c",
                "urn:altinn:person:idporten-email:mailto:a@b",
                "urn:altinn:person:legacy-selfidentified:",
                "urn:altinn:person:legacy-selfidentified:a:b",
                "urn:altinn:party:uuid:8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11",
                "١٢٣٤٥٦٧٨٩٠١",
            })
    void anything_else_is_not_an_identifier(String written) {
        assertThat(PartyIdentifier.parse(written)).isEmpty();
    }

    @Test
    void two_spellings_of_one_party_are_equal() {
        assertThat(PartyIdentifier.parse("0192:123456789"))
                .isEqualTo(PartyIdentifier.parse("urn:altinn:organization:identifier-no:123456789"));
        assertThat(new EmailUser("Kari@Eksempel.no")).isEqualTo(new EmailUser("kari@eksempel.NO"));
    }

    @Test
    void a_party_without_a_path_of_its_own_is_named_by_its_urn() {
        assertThat(new OrganizationNumber("123456789").path()).isEqualTo("/organisation/123456789");
        assertThat(new EmailUser("kari@eksempel.no").path())
                .isEqualTo("urn:altinn:person:idporten-email:kari@eksempel.no");
    }
}

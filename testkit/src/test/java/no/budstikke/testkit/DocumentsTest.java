package no.budstikke.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class DocumentsTest {

    @Test
    void any_member_can_be_set_to_anything_and_left_out() {
        CloudEvents event = CloudEvents.event()
                .id("1")
                .type("t")
                .with("data.deep.number", 7)
                .withNull("subject")
                .without("source");

        assertThat(event).hasToString("""
                        {"specversion":"1.0","id":"1","type":"t",\
                        "resource":"urn:altinn:resource:altinn-correspondence-test-resource-2",\
                        "data":{"deep":{"number":7}},"subject":null}""");
    }

    @Test
    void a_correspondence_has_the_members_that_the_contract_requires() {
        Correspondence request = Correspondence.to(Parties.RECIPIENT);

        assertThat(request.json().at("/correspondence/resourceId").asText())
                .isEqualTo("altinn-correspondence-test-resource-1");
        assertThat(request.json().at("/correspondence/content/messageTitle").asText())
                .isNotBlank();
        assertThat(request.json().at("/correspondence/content/messageBody").asText())
                .isNotBlank();
        assertThat(request.json().at("/recipients/0").asText())
                .isEqualTo("urn:altinn:organization:identifier-no:123456789");
        assertThat(request.sendersReference())
                .isNotEqualTo(Correspondence.to(Parties.RECIPIENT).sendersReference());
    }

    @Test
    void synthetic_persons_are_valid_and_all_different() {
        var numbers = new HashSet<String>();
        for (int n = 0; n < 20_000; n++) {
            String number = Parties.syntheticPerson(n).number();
            assertThat(number).matches("\\d{11}");
            assertThat(Integer.parseInt(number.substring(2, 4))).as(number).isBetween(81, 92);
            assertThat(weighted(number, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) % 11)
                    .as(number)
                    .isZero();
            assertThat(weighted(number, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11)
                    .as(number)
                    .isZero();
            assertThat(numbers.add(number)).as(number).isTrue();
        }
    }

    @Test
    void there_are_as_many_resources_as_the_server_seeds() {
        assertThat(Parties.resourceUrn(5)).isEqualTo("urn:altinn:resource:altinn-correspondence-test-resource-5");
        assertThatIllegalArgumentException().isThrownBy(() -> Parties.resource(6));
    }

    private static int weighted(String digits, int... weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * Character.digit(digits.charAt(i), 10);
        }
        return sum;
    }
}

package no.budstikke.correspondence;

import static org.assertj.core.api.Assertions.assertThat;

import no.budstikke.correspondence.ResourceTerms.Confidentiality;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceTermsTest {

    @ParameterizedTest
    @CsvSource({
        "post-til-virksomheten-med-taushetsbelagt-innhold, urn:altinn:accesspackage, 3, REQUIRED",
        "eksplisitt, urn:altinn:accesspackage, 0, OPTIONAL",
        "dagl, urn:altinn:rolecode, 2, NOT_ALLOWED",
        "eksplisitt, urn:altinn:rolecode, 2, NOT_ALLOWED"
    })
    void a_policy_says_how_confidential_and_how_protected_a_resource_is(
            String value, String attribute, int level, Confidentiality confidentiality) {
        assertThat(ResourceTerms.of(policy(value, attribute, level)))
                .isEqualTo(new ResourceTerms(confidentiality, level));
    }

    private static String policy(String value, String attribute, int level) {
        return """
            <xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">
              <xacml:Rule Effect="Permit">
                <xacml:Target><xacml:AnyOf><xacml:AllOf>
                  <xacml:Match>
                    <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">%s</xacml:AttributeValue>
                    <xacml:AttributeDesignator AttributeId="%s"/>
                  </xacml:Match>
                </xacml:AllOf></xacml:AnyOf></xacml:Target>
              </xacml:Rule>
              <xacml:ObligationExpressions>
                <xacml:ObligationExpression>
                  <xacml:AttributeAssignmentExpression Category="urn:altinn:minimum-authenticationlevel">
                    <xacml:AttributeValue>%d</xacml:AttributeValue>
                  </xacml:AttributeAssignmentExpression>
                </xacml:ObligationExpression>
              </xacml:ObligationExpressions>
            </xacml:Policy>
            """.formatted(value, attribute, level);
    }
}

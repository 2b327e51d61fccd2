package no.budstikke.correspondence;

import java.io.IOException;
import java.io.StringReader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// What a resource's policy demands of the correspondences on it. Spec: correspondence §4.7;
/// authorization §14.
///
/// @param minimumLevel the least authentication level that the policy's obligations name; 0 for none
record ResourceTerms(Confidentiality confidentiality, int minimumLevel) {

    /// Whether `isConfidential` has to be set.
    enum Confidentiality {
        REQUIRED,
        OPTIONAL,
        NOT_ALLOWED
    }

    private static final String ACCESS_PACKAGE = "urn:altinn:accesspackage";
    private static final String CONFIDENTIAL = "post-til-virksomheten-med-taushetsbelagt-innhold";
    private static final String EXPLICIT = "eksplisitt";
    private static final String LEVEL = "urn:altinn:minimum-authenticationlevel";
    private static final String XACML = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

    static ResourceTerms of(String policy) {
        Document document = parse(policy);
        Confidentiality confidentiality = Confidentiality.NOT_ALLOWED;
        if (named(document, "Match").anyMatch(match -> isPackage(match, EXPLICIT))) {
            confidentiality = Confidentiality.OPTIONAL;
        }
        if (named(document, "Match").anyMatch(match -> isPackage(match, CONFIDENTIAL))) {
            confidentiality = Confidentiality.REQUIRED;
        }
        int level = named(document, "AttributeAssignmentExpression")
                .filter(assignment -> assignment.getAttribute("Category").startsWith(LEVEL))
                .map(assignment -> assignment.getTextContent().strip())
                .filter(text -> text.matches("\\d{1,3}"))
                .mapToInt(Integer::parseInt)
                .min()
                .orElse(0);
        return new ResourceTerms(confidentiality, level);
    }

    private static boolean isPackage(Element match, String name) {
        return elements(match, "AttributeDesignator")
                        .anyMatch(designator ->
                                designator.getAttribute("AttributeId").equals(ACCESS_PACKAGE))
                && elements(match, "AttributeValue")
                        .anyMatch(value -> value.getTextContent().strip().equals(name));
    }

    private static Stream<Element> named(Document document, String name) {
        return elements(document.getDocumentElement(), name);
    }

    private static Stream<Element> elements(Element parent, String name) {
        var nodes = parent.getElementsByTagNameNS(XACML, name);
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item).map(Element.class::cast);
    }

    private static Document parse(String policy) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(policy)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException("a policy in the registry is not XML", e);
        }
    }
}

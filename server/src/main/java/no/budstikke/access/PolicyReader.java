package no.budstikke.access;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/// Reads policy documents (XACML 3.0). A document type, and with it every entity, is refused. Spec:
/// authorization §15.
final class PolicyReader {

    private static final String XACML = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
    private static final Set<String> LEVELS =
            Set.of("urn:altinn:minimum-authenticationlevel", "urn:altinn:minimum-authenticationlevel-org");

    private PolicyReader() {}

    /// Why a document is no policy that we can follow.
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        Unreadable(String why) {
            super(why);
        }

        Unreadable(String why, Throwable cause) {
            super(why, cause);
        }
    }

    static Policy read(String xml) throws Unreadable {
        Element policy = root(xml);
        if (!policy.getLocalName().equals("Policy") || !XACML.equals(policy.getNamespaceURI())) {
            throw new Unreadable("the document is not an XACML 3.0 Policy");
        }
        String algorithm = policy.getAttribute("RuleCombiningAlgId");
        var rules = new ArrayList<Policy.Rule>();
        for (Element rule : children(policy, "Rule").toList()) {
            rules.add(rule(rule));
        }
        return new Policy(
                policy.getAttribute("PolicyId"),
                Combining.of(algorithm).orElseThrow(() -> new Unreadable("unknown algorithm " + algorithm)),
                rules,
                obligations(policy));
    }

    private static Element root(String xml) throws Unreadable {
        try {
            return builder().parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (SAXException e) {
            throw new Unreadable("the document can't be read", e);
        } catch (IOException | ParserConfigurationException e) {
            throw new IllegalStateException("reading XML from memory", e);
        }
    }

    private static DocumentBuilder builder() throws ParserConfigurationException {
        var factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
        factory.setXIncludeAware(false);
        DocumentBuilder builder = factory.newDocumentBuilder();
        // Throws without writing to the console.
        builder.setErrorHandler(new DefaultHandler());
        return builder;
    }

    private static Policy.Rule rule(Element rule) throws Unreadable {
        Policy.Effect effect = switch (rule.getAttribute("Effect")) {
            case "Permit" -> Policy.Effect.PERMIT;
            case "Deny" -> Policy.Effect.DENY;
            default -> throw new Unreadable("a rule without an effect");
        };
        return new Policy.Rule(
                rule.getAttribute("RuleId"),
                effect,
                target(rule),
                children(rule, "Condition").findAny().isPresent(),
                obligations(rule));
    }

    /// The reference tells apart neither the AnyOfs nor, across categories, the AllOfs.
    private static Map<Category, List<Policy.Alternative>> target(Element rule) {
        var target = new EnumMap<Category, List<Policy.Alternative>>(Category.class);
        children(rule, "Target")
                .flatMap(element -> children(element, "AnyOf"))
                .flatMap(anyOf -> children(anyOf, "AllOf"))
                .forEach(allOf -> {
                    var byCategory = new EnumMap<Category, List<Policy.Match>>(Category.class);
                    children(allOf, "Match")
                            .forEach(match -> byCategory
                                    .computeIfAbsent(category(match), _ -> new ArrayList<>())
                                    .add(match(match)));
                    byCategory.forEach((category, matches) -> target.computeIfAbsent(category, _ -> new ArrayList<>())
                            .add(new Policy.Alternative(matches)));
                });
        return target;
    }

    private static Category category(Element match) {
        return children(match, "AttributeDesignator")
                .findFirst()
                .map(designator -> Category.of(designator.getAttribute("Category")))
                .orElse(Category.OTHER);
    }

    private static Policy.Match match(Element match) {
        String value = children(match, "AttributeValue")
                .findFirst()
                .map(Node::getTextContent)
                .orElse("");
        return children(match, "AttributeDesignator")
                .findFirst()
                .map(designator -> new Policy.Match(
                        Policy.Function.of(match.getAttribute("MatchId")),
                        value,
                        designator.getAttribute("AttributeId"),
                        designator.getAttribute("MustBePresent").equals("true")))
                // An AttributeSelector.
                .orElseGet(() -> new Policy.Match(Policy.Function.UNKNOWN, value, "", false));
    }

    private static List<Decision.Obligation> obligations(Element parent) throws Unreadable {
        List<Element> assignments = children(parent, "ObligationExpressions")
                .flatMap(element -> children(element, "ObligationExpression"))
                .filter(obligation -> obligation.getAttribute("FulfillOn").equals("Permit"))
                .flatMap(obligation -> children(obligation, "AttributeAssignmentExpression"))
                .filter(assignment -> LEVELS.contains(assignment.getAttribute("Category")))
                .toList();
        var obligations = new ArrayList<Decision.Obligation>();
        for (Element assignment : assignments) {
            String level = children(assignment, "AttributeValue")
                    .findFirst()
                    .map(value -> value.getTextContent().strip())
                    .orElse("");
            if (!level.matches("[0-4]")) {
                throw new Unreadable("an authentication level is not a number from 0 to 4");
            }
            obligations.add(new Decision.Obligation(assignment.getAttribute("Category"), Integer.parseInt(level)));
        }
        return obligations;
    }

    private static Stream<Element> children(Element parent, String name) {
        return Stream.iterate(parent.getFirstChild(), node -> node != null, Node::getNextSibling)
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .filter(element -> name.equals(element.getLocalName()) && XACML.equals(element.getNamespaceURI()));
    }
}

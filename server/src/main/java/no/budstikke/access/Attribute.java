package no.budstikke.access;

import java.util.List;

/// One XACML attribute: its id and its value.
public record Attribute(String id, String value) {

    /// The values of the attributes with that id.
    static List<String> values(List<Attribute> attributes, String id) {
        return attributes.stream()
                .filter(attribute -> attribute.id().equals(id))
                .map(Attribute::value)
                .toList();
    }
}

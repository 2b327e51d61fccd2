package no.budstikke.access;

import java.util.ArrayList;
import java.util.List;

/// One XACML attribute: its id and its value.
public record Attribute(String id, String value) {

    /// The values of the attributes with that id. Asked many times for one decision, hence no stream.
    static List<String> values(List<Attribute> attributes, String id) {
        List<String> values = List.of();
        for (Attribute attribute : attributes) {
            if (attribute.id().equals(id)) {
                values = values.isEmpty() ? List.of(attribute.value()) : plus(values, attribute.value());
            }
        }
        return values;
    }

    private static List<String> plus(List<String> values, String value) {
        var more = new ArrayList<>(values);
        more.add(value);
        return more;
    }
}

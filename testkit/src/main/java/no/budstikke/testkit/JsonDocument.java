package no.budstikke.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A request body under construction. What has no method of its own, right or wrong, is set with [#with]
/// and [#without].
///
/// @param <D> the kind of document, so that calls can be chained
public abstract sealed class JsonDocument<D extends JsonDocument<D>>
        permits AppEvent, CloudEvents, Correspondence, Subscription {

    private final ObjectNode root = Json.MAPPER.createObjectNode();

    JsonDocument() {}

    abstract D self();

    /// Sets a member.
    ///
    /// @param path names of nested members joined with dots, such as
    ///     `correspondence.content.messageTitle`
    /// @param value text, number, boolean, a JSON tree, a map or a list
    public D with(String path, Object value) {
        parentOf(path).set(lastNameOf(path), Json.MAPPER.valueToTree(value));
        return self();
    }

    /// Sets a member to `null`, which is not the same as leaving it out.
    public D withNull(String path) {
        parentOf(path).putNull(lastNameOf(path));
        return self();
    }

    /// Leaves a member out.
    public D without(String path) {
        parentOf(path).remove(lastNameOf(path));
        return self();
    }

    /// The member's text, such as the random id that the document got.
    public String text(String path) {
        return json().at("/" + path.replace('.', '/')).asText();
    }

    public ObjectNode json() {
        return root.deepCopy();
    }

    @Override
    public String toString() {
        return Json.write(root);
    }

    private ObjectNode parentOf(String path) {
        ObjectNode parent = root;
        String[] names = path.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode next = parent.path(names[i]);
            parent = next instanceof ObjectNode object ? object : parent.putObject(names[i]);
        }
        return parent;
    }

    private static String lastNameOf(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}

package no.budstikke.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// The members of a JSON body, found by their names in any case. Spec: events §2, §9.2.
public record JsonBody(JsonNode object) {

    /// Ends the reading of a body.
    public static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;
        private final String key;

        /// @param key in the problem document's `errors`: `$.member`, `$`, or empty for no body
        public Unreadable(String key, String message) {
            super(message, null, false, false);
            this.key = key;
        }

        /// The key in the problem document's `errors`.
        public String key() {
            return key;
        }

        /// What is wrong, in one sentence.
        public String text() {
            return String.valueOf(getMessage());
        }
    }

    /// The object that a body is.
    ///
    /// @throws Unreadable when it is none
    public static JsonBody read(byte[] body, Charset charset) throws Unreadable {
        String text = new String(body, charset);
        JsonNode json;
        try {
            json = Json.SPARSE.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (JsonProcessingException e) {
            throw new Unreadable("$", "The body is not valid JSON: " + e.getOriginalMessage());
        }
        if (json.isMissingNode() || json.isNull()) {
            throw new Unreadable("", "A non-empty request body is required.");
        }
        if (!json.isObject()) {
            throw new Unreadable("$", "The JSON value could not be converted to an object.");
        }
        return new JsonBody(json);
    }

    /// The text of a member; empty text when it is missing or null.
    public String text(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent()
                && !(value.get().isTextual() && isStorable(value.get().textValue()))) {
            throw unfit(name, "a text");
        }
        return value.map(JsonNode::textValue).orElse("");
    }

    /// PostgreSQL keeps neither the character U+0000 nor half a surrogate pair.
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_16BE.newEncoder().canEncode(text);
    }

    /// The number of a member that is an integer of 32 bits.
    public Optional<Integer> integer(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent() && !(value.get().isIntegralNumber() && value.get().canConvertToInt())) {
            throw unfit(name, "an integer");
        }
        return value.map(JsonNode::intValue);
    }

    /// Whether a member is true; false when it is missing or null.
    public boolean flag(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw unfit(name, "true or false");
        }
        return value.map(JsonNode::booleanValue).orElse(false);
    }

    /// For a member whose value is no `wanted`.
    public static Unreadable unfit(String name, String wanted) {
        return new Unreadable("$." + name, "The JSON value could not be converted to " + wanted + ".");
    }

    private Optional<JsonNode> value(String name) {
        return member(object, name);
    }

    /// The value of an object's member, its name in any case; of several the last. Null is as good as
    /// absent, and what is no object has no members.
    public static Optional<JsonNode> member(JsonNode object, String name) {
        return object.properties().stream()
                .filter(member -> member.getKey().equalsIgnoreCase(name))
                .reduce((_, later) -> later)
                .map(Map.Entry::getValue)
                .filter(value -> !value.isNull());
    }
}

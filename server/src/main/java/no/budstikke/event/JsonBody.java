package no.budstikke.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import no.budstikke.http.Json;

/// The members of a JSON body, found by their names in any case. Spec: events §2, §9.2.
record JsonBody(JsonNode object) {

    /// Ends the reading of a body.
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;
        private final String key;

        /// @param key in the problem document's `errors`: `$.member`, `$`, or empty for no body
        Unreadable(String key, String message) {
            super(message, null, false, false);
            this.key = key;
        }

        String key() {
            return key;
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    static JsonBody read(byte[] body, Charset charset) throws Unreadable {
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
    String text(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent()
                && !(value.get().isTextual() && isStorable(value.get().textValue()))) {
            throw unfit(name, "a text");
        }
        return value.map(JsonNode::textValue).orElse("");
    }

    /// PostgreSQL keeps neither the character U+0000 nor half a surrogate pair.
    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_16BE.newEncoder().canEncode(text);
    }

    /// The number of a member that is an integer of 32 bits.
    Optional<Integer> integer(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent() && !(value.get().isIntegralNumber() && value.get().canConvertToInt())) {
            throw unfit(name, "an integer");
        }
        return value.map(JsonNode::intValue);
    }

    boolean flag(String name) throws Unreadable {
        Optional<JsonNode> value = value(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw unfit(name, "true or false");
        }
        return value.map(JsonNode::booleanValue).orElse(false);
    }

    static Unreadable unfit(String name, String wanted) {
        return new Unreadable("$." + name, "The JSON value could not be converted to " + wanted + ".");
    }

    /// Of several members with that name the last.
    private Optional<JsonNode> value(String name) {
        return object.properties().stream()
                .filter(member -> member.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                .reduce((_, later) -> later)
                .map(Map.Entry::getValue)
                .filter(value -> !value.isNull());
    }
}

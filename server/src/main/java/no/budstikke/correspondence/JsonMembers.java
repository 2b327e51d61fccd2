package no.budstikke.correspondence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/// One object of a request's JSON, read by the contract's lenient rules: member names in any case,
/// unknown members
/// overlooked, numbers also as strings, enumerations by name or number, UUIDs only with dashes. What is
/// wrong is
/// collected, and something harmless is returned in its place. Spec: correspondence §2.0.
final class JsonMembers {

    private static final Pattern DASHED_UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final JsonNode object;
    private final String jsonPath;
    private final String modelPath;
    private final ModelErrors errors;

    private JsonMembers(JsonNode object, String jsonPath, String modelPath, ModelErrors errors) {
        this.object = object;
        this.jsonPath = jsonPath;
        this.modelPath = modelPath;
        this.errors = errors;
    }

    /// The outermost object; anything else is an error.
    static JsonMembers root(JsonNode root, ModelErrors errors) {
        if (!root.isObject()) {
            errors.unreadable("$", "The JSON value is not an object.");
        }
        return new JsonMembers(root, "$", "", errors);
    }

    /// Says that this member breaks a rule.
    void broken(String name, String message) {
        errors.broken(modelPath(name), message);
    }

    /// The text; empty for null and for none.
    Optional<String> text(String name, int maxLength) {
        Optional<String> text = present(name).flatMap(node -> text(node, jsonPath(name)));
        text.filter(given -> given.length() > maxLength)
                .ifPresent(
                        _ -> broken(name, "The field " + pascal(name) + " has a maximum length of " + maxLength + "."));
        return text;
    }

    /// The text, which must be there and not blank.
    String requiredText(String name, int maxLength) {
        JsonNode node = member(name);
        if (node.isMissingNode()
                || node.isNull()
                || (node.isTextual() && node.textValue().isBlank())) {
            broken(name, "The " + pascal(name) + " field is required.");
            return "";
        }
        return text(name, maxLength).orElse("");
    }

    boolean flag(String name) {
        return optionalFlag(name, false).orElse(false);
    }

    /// As [#flag], where the contract also takes null.
    Optional<Boolean> optionalFlag(String name) {
        return optionalFlag(name, true);
    }

    private Optional<Boolean> optionalFlag(String name, boolean nullable) {
        JsonNode node = member(name);
        if (node.isBoolean()) {
            return Optional.of(node.booleanValue());
        }
        if (!node.isMissingNode() && !(nullable && node.isNull())) {
            errors.unreadable(jsonPath(name), "The JSON value is not a boolean.");
        }
        return Optional.empty();
    }

    OptionalInt integer(String name) {
        return present(name).map(node -> integer(node, jsonPath(name))).orElse(OptionalInt.empty());
    }

    private OptionalInt integer(JsonNode node, String path) {
        if (node.isInt()) {
            return OptionalInt.of(node.intValue());
        }
        if (node.isTextual() && node.textValue().matches("-?\\d{1,9}")) {
            return OptionalInt.of(Integer.parseInt(node.textValue()));
        }
        errors.unreadable(path, "The JSON value is not a 32-bit integer.");
        return OptionalInt.empty();
    }

    Optional<Instant> time(String name) {
        return scalar(name, WireTime::parse, "The JSON value is not a date and time in ISO 8601.");
    }

    Optional<UUID> id(String name) {
        return scalar(name, JsonMembers::uuid, "The JSON value is not a UUID.");
    }

    private static Optional<UUID> uuid(String written) {
        return DASHED_UUID.matcher(written).matches() ? Optional.of(UUID.fromString(written)) : Optional.empty();
    }

    private <T> Optional<T> scalar(String name, Function<String, Optional<T>> parse, String message) {
        Optional<JsonNode> node = present(name);
        Optional<T> value =
                node.filter(JsonNode::isTextual).map(JsonNode::textValue).flatMap(parse);
        if (node.isPresent() && value.isEmpty()) {
            errors.unreadable(jsonPath(name), message);
        }
        return value;
    }

    <E extends Enum<E> & WireEnum> Optional<E> choice(String name, Class<E> type) {
        Optional<JsonNode> node = present(name);
        Optional<E> value = node.filter(given -> given.isTextual() || given.isInt())
                .flatMap(given -> WireEnum.parse(type, given.asText()));
        if (node.isPresent() && value.isEmpty()) {
            errors.unreadable(jsonPath(name), "The JSON value is not one of the values of " + pascal(name) + ".");
        }
        return value;
    }

    /// As [#choice], but the number goes through even if no name belongs to it.
    <E extends Enum<E> & WireEnum> OptionalInt number(String name, Class<E> type) {
        JsonNode node = member(name);
        return node.isInt()
                ? OptionalInt.of(node.intValue())
                : choice(name, type)
                        .map(known -> OptionalInt.of(known.number()))
                        .orElse(OptionalInt.empty());
    }

    /// The JSON as it stands; empty for null and for none.
    Optional<JsonNode> present(String name) {
        return Optional.of(member(name)).filter(node -> !node.isMissingNode() && !node.isNull());
    }

    Optional<JsonMembers> object(String name) {
        return present(name).flatMap(node -> {
            if (!node.isObject()) {
                errors.unreadable(jsonPath(name), "The JSON value is not an object.");
                return Optional.empty();
            }
            return Optional.of(new JsonMembers(node, jsonPath(name), modelPath(name), errors));
        });
    }

    /// The object, which must be there.
    Optional<JsonMembers> requiredObject(String name) {
        if (present(name).isEmpty()) {
            broken(name, "The " + pascal(name) + " field is required.");
        }
        return object(name);
    }

    /// The objects of a list for which the contract also takes null.
    List<JsonMembers> nullableObjects(String name) {
        return objects(name, true);
    }

    List<JsonMembers> objects(String name) {
        return objects(name, false);
    }

    private List<JsonMembers> objects(String name, boolean nullable) {
        var objects = new ArrayList<JsonMembers>();
        List<JsonNode> elements = elements(name, nullable);
        for (int i = 0; i < elements.size(); i++) {
            String at = "[" + i + "]";
            if (elements.get(i).isObject()) {
                objects.add(new JsonMembers(elements.get(i), jsonPath(name) + at, modelPath(name) + at, errors));
            } else {
                errors.unreadable(jsonPath(name) + at, "The JSON value is not an object.");
            }
        }
        return objects;
    }

    List<String> texts(String name) {
        return scalars(name, Optional::of, "The JSON value is not a string.");
    }

    List<UUID> ids(String name) {
        return scalars(name, JsonMembers::uuid, "The JSON value is not a UUID.");
    }

    private <T> List<T> scalars(String name, Function<String, Optional<T>> parse, String message) {
        var values = new ArrayList<T>();
        List<JsonNode> elements = elements(name, false);
        for (int i = 0; i < elements.size(); i++) {
            Optional<T> value = Optional.of(elements.get(i))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::textValue)
                    .flatMap(parse);
            if (value.isEmpty()) {
                errors.unreadable(jsonPath(name) + "[" + i + "]", message);
            }
            value.ifPresent(values::add);
        }
        return values;
    }

    private List<JsonNode> elements(String name, boolean nullable) {
        JsonNode node = member(name);
        var elements = new ArrayList<JsonNode>();
        if (node.isArray()) {
            node.forEach(elements::add);
        } else if (!node.isMissingNode() && !(nullable && node.isNull())) {
            errors.unreadable(jsonPath(name), "The JSON value is not a list.");
        }
        return elements;
    }

    /// A dictionary of texts, in the order in which it was sent.
    Map<String, String> dictionary(String name) {
        JsonNode node = member(name);
        var entries = new LinkedHashMap<String, String>();
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> text(entry.getValue(), jsonPath(name) + "." + entry.getKey())
                            .ifPresent(value -> entries.put(entry.getKey(), value)));
        } else if (!node.isMissingNode()) {
            errors.unreadable(jsonPath(name), "The JSON value is not an object.");
        }
        return entries;
    }

    private Optional<String> text(JsonNode node, String path) {
        if (node.isTextual()) {
            return Optional.of(node.textValue());
        }
        errors.unreadable(path, "The JSON value is not a string.");
        return Optional.empty();
    }

    /// The last member with that name wins, as in most readers of JSON.
    private JsonNode member(String name) {
        JsonNode found = MissingNode.getInstance();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                found = entry.getValue();
            }
        }
        return found;
    }

    private String jsonPath(String name) {
        return jsonPath + "." + name;
    }

    private String modelPath(String name) {
        return modelPath.isEmpty() ? pascal(name) : modelPath + "." + pascal(name);
    }

    private static String pascal(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}

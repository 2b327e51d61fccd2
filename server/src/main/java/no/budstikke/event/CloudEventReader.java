package no.budstikke.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import no.budstikke.http.Json;
import org.jspecify.annotations.Nullable;

/// Reads one CloudEvent in structured JSON, by the contract's rules and with its messages, and renders
/// it as it will be sent. Spec: events §3.1, §3.2, §3.6.
///
/// One pass over the text collects the members; the rules are looked at afterwards, in the contract's
/// order. `data` is never built: its text is copied. Stateless, for any thread.
final class CloudEventReader {

    private static final JsonFactory JSON = Json.SPARSE.getFactory();

    private static final Pattern CONTENT_TYPE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\\s*(;.*)?");
    private static final Pattern JSON_CONTENT_TYPE =
            Pattern.compile("([^/;]+/json|[^/;]+/[^;]*\\+json)\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    private static final String OLD_NOTATION = ResourceUrn.REGISTERED + "altinnapp.";

    /// Ends the reading: what is wrong.
    private static final class NotAnEvent extends Exception {

        private static final long serialVersionUID = 1;

        NotAnEvent(String message) {
            super(message, null, false, false);
        }
    }

    /// A member as it was read.
    ///
    /// @param text of a text without quotes and escapes, else as written; null for an object or array
    private record Member(JsonToken token, @Nullable String text) {

        /// The kind's name in the contract's messages.
        String kind() {
            return switch (token) {
                case START_OBJECT -> "Object";
                case START_ARRAY -> "Array";
                case VALUE_STRING -> "String";
                case VALUE_TRUE -> "True";
                case VALUE_FALSE -> "False";
                case VALUE_NULL -> "Null";
                default -> "Number";
            };
        }

        boolean isText() {
            return token == JsonToken.VALUE_STRING;
        }
    }

    private record Attribute(String name, String value) {}

    /// @param data the text of `data` as written
    private record Content(
            Map<String, Member> members, @Nullable Member data, String dataText) {}

    /// Which resources an event may have.
    enum Resources {
        /// A URN by the contract's rule, as whoever publishes must name it.
        URNS,
        /// Any text: the private endpoints ask no more, and an app's resource follows from its address.
        ANY
    }

    CloudEventReading read(byte[] body, Charset charset) {
        return read(body, charset, Resources.URNS);
    }

    CloudEventReading read(byte[] body, Charset charset, Resources resources) {
        try {
            Content content = parsed(decoded(body, charset));
            checkVersion(content);
            List<Attribute> attributes = attributes(content);
            String data = data(content, attributes);
            checkRequired(attributes);
            return judged(attributes, data, resources);
        } catch (NotAnEvent e) {
            return new CloudEventReading.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static String decoded(byte[] body, Charset charset) throws NotAnEvent {
        var text = new String(body, charset);
        // U+FFFD stands where something could not be decoded, or was in the text; only then look closer.
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                charset.newDecoder().decode(ByteBuffer.wrap(body));
            } catch (CharacterCodingException _) {
                throw new NotAnEvent("The body is not valid " + charset.name());
            }
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static Content parsed(String text) throws NotAnEvent {
        try (JsonParser parser = JSON.createParser(text)) {
            JsonToken root = parser.nextToken();
            if (root == null) {
                throw new NotAnEvent("The body is empty");
            }
            if (root != JsonToken.START_OBJECT) {
                parser.skipChildren();
                parser.finishToken();
                expectEnd(parser);
                throw new NotAnEvent("Cannot decode JSON element of kind '%s' as CloudEvent"
                        .formatted(new Member(root, null).kind()));
            }
            var members = new LinkedHashMap<String, Member>();
            Member data = null;
            String dataText = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("data")) {
                    int from = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
                    parser.skipChildren();
                    parser.finishToken();
                    data = new Member(token, null);
                    dataText = text.substring(
                            from, Math.toIntExact(parser.currentLocation().getCharOffset()));
                } else if (token.isStructStart()) {
                    parser.skipChildren();
                    members.put(name, new Member(token, null));
                } else {
                    members.put(name, new Member(token, parser.getText()));
                }
            }
            expectEnd(parser);
            return new Content(members, isPresent(data) ? data : null, dataText);
        } catch (JsonProcessingException e) {
            throw new NotAnEvent("The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory can't fail", e);
        }
    }

    private static void expectEnd(JsonParser parser) throws IOException, NotAnEvent {
        if (parser.nextToken() != null) {
            throw new NotAnEvent("The body is not valid JSON: something follows the value");
        }
    }

    private static boolean isPresent(@Nullable Member member) {
        return member != null && member.token() != JsonToken.VALUE_NULL;
    }

    private static void checkVersion(Content content) throws NotAnEvent {
        Member version = content.members().get("specversion");
        if (version == null || !version.isText()) {
            throw new NotAnEvent("Structured mode content does not represent a CloudEvent");
        }
        if (!"1.0".equals(version.text())) {
            throw new NotAnEvent("Unsupported CloudEvents spec version '%s'".formatted(version.text()));
        }
    }

    /// In the order of the input; null counts as absent.
    private static List<Attribute> attributes(Content content) throws NotAnEvent {
        var attributes = new ArrayList<Attribute>(content.members().size() + 1);
        for (Map.Entry<String, Member> entry : content.members().entrySet()) {
            String name = entry.getKey();
            if (isPresent(entry.getValue()) && !name.equals("specversion") && !name.equals("data_base64")) {
                attributes.add(new Attribute(name, value(name, entry.getValue())));
            }
        }
        return attributes;
    }

    private static String value(String name, Member member) throws NotAnEvent {
        return switch (name) {
            case "id", "type", "subject" -> nonEmpty(name, known(name, "String", member), "Value");
            case "source" -> nonEmpty(name, known(name, "URI-Reference", member), "URI reference");
            case "datacontenttype" -> contentType(nonEmpty(name, known(name, "String", member), "Value"));
            case "dataschema" -> absoluteUri(name, known(name, "URI", member));
            case "time" -> time(known(name, "Timestamp", member));
            default -> extension(name, member);
        };
    }

    private static String known(String name, String type, Member member) throws NotAnEvent {
        if (!member.isText() || member.text() == null) {
            throw new NotAnEvent("Invalid token type '%s' for CloudEvent attribute '%s' with type '%s'"
                    .formatted(member.kind(), name, type));
        }
        return member.text();
    }

    private static String nonEmpty(String name, String value, String what) throws NotAnEvent {
        if (value.isEmpty()) {
            throw invalidValue(name, what + " must be non-empty");
        }
        return permitted(name, value);
    }

    private static NotAnEvent invalidValue(String name, String why) {
        return new NotAnEvent("Value for attribute '%s' is invalid: %s (Parameter 'value')".formatted(name, why));
    }

    private static NotAnEvent invalidText(String name, String why) {
        return new NotAnEvent("Text for attribute '%s' is invalid: %s (Parameter 'text')".formatted(name, why));
    }

    /// No control characters, no code points that are no characters, no half surrogate pairs. After this
    /// a value can be stored and sent.
    private static String permitted(String name, String value) throws NotAnEvent {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0x1f && c < 0x7f) {
                continue;
            }
            if (Character.isISOControl(c)) {
                throw invalidValue(
                        name, "Control character U+%04X is not permitted in string attributes".formatted((int) c));
            }
            int point = value.codePointAt(i);
            if ((point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef)) {
                throw invalidValue(name, "Noncharacter U+%04X is not permitted in string attributes".formatted(point));
            }
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw invalidValue(name, "Surrogate U+%04X must be part of a pair".formatted(point));
            }
            i += Character.charCount(point) - 1;
        }
        return value;
    }

    private static String contentType(String value) throws NotAnEvent {
        if (!CONTENT_TYPE.matcher(value).matches()) {
            throw invalidValue(
                    "datacontenttype",
                    "The 'datacontenttype' attribute value must be a content-type expression compliant with RFC2046");
        }
        return value;
    }

    private static String absoluteUri(String name, String value) throws NotAnEvent {
        try {
            if (new URI(value).isAbsolute()) {
                return permitted(name, value);
            }
        } catch (URISyntaxException _) {
            // Told below.
        }
        throw invalidText(name, "Invalid absolute URI");
    }

    private static String time(String value) throws NotAnEvent {
        Optional<EventTime> time = EventTime.parse(value);
        if (time.isEmpty()) {
            throw invalidText("time", "Invalid timestamp");
        }
        return time.get().text();
    }

    private static String extension(String name, Member member) throws NotAnEvent {
        String text = member.text();
        if (text == null) {
            throw new NotAnEvent("Invalid token type '%s' for CloudEvent attribute".formatted(member.kind()));
        }
        checkName(name);
        return switch (member.token()) {
            case VALUE_STRING -> permitted(name, text);
            case VALUE_NUMBER_INT -> int32(name, text);
            case VALUE_NUMBER_FLOAT -> throw notInt32(name);
            default -> text;
        };
    }

    private static void checkName(String name) throws NotAnEvent {
        if (name.isEmpty()) {
            throw new NotAnEvent("Attribute name must be non-empty (Parameter 'name')");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                throw new NotAnEvent(
                        "Invalid character '%s' in attribute name '%s' (Parameter 'name')".formatted(c, name));
            }
        }
    }

    private static String int32(String name, String text) throws NotAnEvent {
        if (text.length() > "-2147483648".length()) {
            throw notInt32(name);
        }
        long number = Long.parseLong(text);
        if (number != (int) number) {
            throw notInt32(name);
        }
        return Long.toString(number);
    }

    private static NotAnEvent notInt32(String name) {
        return invalidValue(name, "A number must be an integer of 32 bits");
    }

    /// The member that carries the data, as it will be sent; empty for none. May add the
    /// `datacontenttype` that goes without saying.
    private static String data(Content content, List<Attribute> attributes) throws NotAnEvent {
        Member base64 = content.members().get("data_base64");
        if (base64 != null && isPresent(base64)) {
            if (content.data() != null) {
                throw new NotAnEvent(
                        "Structured mode content cannot contain both 'data' and 'data_base64' properties.");
            }
            return ",\"data_base64\":\"" + checkedBase64(base64) + '"';
        }
        if (content.data() == null) {
            return "";
        }
        Optional<String> contentType = find(attributes, "datacontenttype");
        if (contentType.isEmpty()) {
            attributes.add(new Attribute("datacontenttype", "application/json"));
        } else if (!content.data().isText()
                && !JSON_CONTENT_TYPE.matcher(contentType.get()).matches()) {
            throw new NotAnEvent("CloudEvents with a non-JSON datacontenttype can only have string data values.");
        }
        return ",\"data\":" + content.dataText();
    }

    private static String checkedBase64(Member base64) throws NotAnEvent {
        if (!base64.isText() || base64.text() == null) {
            throw new NotAnEvent("Structured mode property 'data_base64' must be a string, when present.");
        }
        try {
            Base64.getDecoder().decode(base64.text());
        } catch (IllegalArgumentException _) {
            throw new NotAnEvent("Structured mode property 'data_base64' is not a valid Base-64 string.");
        }
        return base64.text();
    }

    private static void checkRequired(List<Attribute> attributes) throws NotAnEvent {
        List<String> missing = List.of("id", "source", "type").stream()
                .filter(name -> find(attributes, name).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw new NotAnEvent("CloudEvent is missing required attributes: %s (Parameter 'data')"
                    .formatted(String.join(", ", missing)));
        }
    }

    private static Optional<String> find(List<Attribute> attributes, String name) {
        for (Attribute attribute : attributes) {
            if (attribute.name().equals(name)) {
                return Optional.of(attribute.value());
            }
        }
        return Optional.empty();
    }

    private static CloudEventReading judged(List<Attribute> attributes, String data, Resources resources) {
        String id = find(attributes, "id").orElseThrow();
        String resource = find(attributes, "resource").orElse("");
        if (resource.isEmpty()) {
            return new CloudEventReading.Refused(id, "A 'resource' property must be defined.");
        }
        if (resources == Resources.URNS && !ResourceUrn.isValid(resource)) {
            return new CloudEventReading.Refused(id, "'Resource' must be a valid urn.");
        }
        String source = find(attributes, "source").orElseThrow();
        if (resource.startsWith(OLD_NOTATION)) {
            attributes.replaceAll(attribute -> attribute.name().equals("resource")
                    ? new Attribute("resource", AppSource.of(source).resourceOfInstance())
                    : attribute);
        }
        return new CloudEventReading.Accepted(new CloudEvent(
                id,
                source,
                find(attributes, "type").orElseThrow(),
                find(attributes, "resource").orElseThrow(),
                find(attributes, "resourceinstance"),
                find(attributes, "subject"),
                find(attributes, "alternativesubject"),
                find(attributes, "time"),
                rendered(attributes, data)));
    }

    private static String rendered(List<Attribute> attributes, String data) {
        int room = 64 + data.length();
        for (Attribute attribute : attributes) {
            room += attribute.name().length() + attribute.value().length() + 8;
        }
        var json = new StringBuilder(room).append("{\"specversion\":\"1.0\"");
        for (Attribute attribute : attributes) {
            json.append(",\"").append(attribute.name()).append("\":\"");
            escaped(json, attribute.value());
            json.append('"');
        }
        return json.append(data).append('}').toString();
    }

    /// Control characters can't occur any more.
    private static void escaped(StringBuilder json, String value) {
        if (value.indexOf('"') < 0 && value.indexOf('\\') < 0) {
            json.append(value);
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\');
            }
            json.append(c);
        }
    }
}

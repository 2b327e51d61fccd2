package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import no.budstikke.http.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventReaderTest {

    private static final CloudEventReader READER = new CloudEventReader();
    private static final String REQUIRED =
            "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"resource\":\"urn:altinn:resource:r\"";

    private static CloudEventReading read(String body) {
        return READER.read(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static CloudEvent accepted(String members) {
        var reading = read("{" + REQUIRED + members + "}");
        assertThat(reading).isInstanceOf(CloudEventReading.Accepted.class);
        return ((CloudEventReading.Accepted) reading).event();
    }

    private static String message(String body) {
        var reading = read(body);
        assertThat(reading).isInstanceOf(CloudEventReading.Unreadable.class);
        return ((CloudEventReading.Unreadable) reading).message();
    }

    /// As above, with members added to a good event.
    private static String messageFor(String members) {
        return message("{" + REQUIRED + members + "}");
    }

    @Test
    void an_event_is_rendered_with_specversion_first_its_attributes_in_order_and_data_last() {
        var event = read("""
                {"data": {"b": 1.50, "a":[ null, "\\u00e5\\n" ]}, "id":"1","extra":true,"source":"https://x/y?a=b",
                 "number":-7,"time":"2026-01-02T03:04:05.120+01:00","type":"no.altinn.correspondence.Published",
                 "subject":"/party/50015641","alternativesubject":"/organisation/123456789","specversion":"1.0",
                 "resource":"urn:altinn:resource:r","resourceinstance":"i \\"q\\" \\\\","nothing":null}
                """);
        String source = "https://x/y?a=b";
        assertThat(event)
                .isEqualTo(new CloudEventReading.Accepted(new CloudEvent(
                        "1",
                        source,
                        "no.altinn.correspondence.Published",
                        "urn:altinn:resource:r",
                        Optional.of("i \"q\" \\"),
                        Optional.of("/party/50015641"),
                        Optional.of("/organisation/123456789"),
                        Optional.of("2026-01-02T03:04:05.120+01:00"),
                        "{\"specversion\":\"1.0\",\"id\":\"1\",\"extra\":\"true\",\"source\":\"https://x/y?a=b\","
                                + "\"number\":\"-7\",\"time\":\"2026-01-02T03:04:05.120+01:00\","
                                + "\"type\":\"no.altinn.correspondence.Published\",\"subject\":\"/party/50015641\","
                                + "\"alternativesubject\":\"/organisation/123456789\","
                                + "\"resource\":\"urn:altinn:resource:r\",\"resourceinstance\":\"i \\\"q\\\" \\\\\","
                                + "\"datacontenttype\":\"application/json\","
                                + "\"data\":{\"b\": 1.50, \"a\":[ null, \"\\u00e5\\n\" ]}}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.50",
                "1e3",
                "true",
                "false",
                "\"\"",
                "\"a\\\"}b\\u0000\"",
                "{}",
                "[]",
                "[1, {\"data\": [2]} ]",
                "{ \"deep\" : {\"er\":[[]]} }",
                "\"æøå 🙂\""
            })
    void data_is_kept_as_it_was_written(String data) {
        assertThat(accepted(",\"data\":" + data).json()).endsWith(",\"data\":" + data + "}");
        assertThat(accepted(",\"data\" : " + data + " ,\"z\":\"1\"").json())
                .endsWith("\"z\":\"1\",\"datacontenttype\":\"application/json\",\"data\":" + data + "}");
    }

    @Test
    void large_data_is_kept_as_it_was_written() {
        String data = "{\"text\":\"" + "æ\\n".repeat(60_000) + "\",\"numbers\":[" + "1234567,".repeat(20_000) + "1]}";
        assertThat(accepted(",\"data\":" + data + ",\"subject\":\"s\"").json()).endsWith(",\"data\":" + data + "}");
    }

    @Test
    void null_counts_as_absent() {
        var event = accepted(",\"subject\":null,\"data\":null,\"data_base64\":null,\"time\":null,\"BAD NAME\":null");
        assertThat(event.json()).isEqualTo("{" + REQUIRED + "}");
        assertThat(event.subject()).isEmpty();
        assertThat(event.time()).isEmpty();
    }

    @Test
    void the_content_type_is_added_only_to_data_without_one() {
        assertThat(accepted("").json()).doesNotContain("datacontenttype");
        assertThat(accepted(",\"data_base64\":\"AQID\"").json()).endsWith("\"data_base64\":\"AQID\"}");
        assertThat(accepted(",\"data_base64\":\"AQID\"").json()).doesNotContain("datacontenttype");
        assertThat(accepted(",\"datacontenttype\":\"text/xml\",\"data\":\"<x/>\"")
                        .json())
                .endsWith(",\"datacontenttype\":\"text/xml\",\"data\":\"<x/>\"}");
        assertThat(accepted(",\"datacontenttype\":\"application/x+json; v=1\",\"data\":[1]")
                        .json())
                .endsWith("\"data\":[1]}");
    }

    @Test
    void the_last_of_a_repeated_member_wins() throws JsonProcessingException {
        var event = accepted(",\"id\":\"2\",\"data\":1,\"data\":[2]");
        assertThat(event.id()).isEqualTo("2");
        assertThat(Json.SPARSE.readTree(event.json()).path("data").toString()).isEqualTo("[2]");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+00:00, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05-00:00, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.0Z, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.1Z, 2026-01-02T03:04:05.100Z",
        "2026-01-02T03:04:05.1234Z, 2026-01-02T03:04:05.123400Z",
        "2026-01-02T03:04:05.1234567Z, 2026-01-02T03:04:05.1234567Z",
        "2026-01-02T03:04:05.123456789Z, 2026-01-02T03:04:05.1234567Z",
        "2026-01-02T03:04:05.0000001+14:00, 2026-01-02T03:04:05.0000001+14:00",
        "2024-02-29T23:59:59-05:30, 2024-02-29T23:59:59-05:30"
    })
    void time_is_rendered_with_as_many_decimals_as_it_needs(String written, String sent) {
        var event = accepted(",\"time\":\"" + written + "\"");
        assertThat(event.time()).contains(sent);
        assertThat(event.json()).contains("\"time\":\"" + sent + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-02",
                "2026-01-02T03:04Z",
                "2026-01-02t03:04:05Z",
                "2026-01-02T03:04:05",
                "2026-01-02 03:04:05Z",
                "2026-01-02T03:04:05z",
                "2026-02-29T03:04:05Z",
                "2026-13-02T03:04:05Z",
                "2026-01-02T24:04:05Z",
                "2026-01-02T03:60:05Z",
                "2026-01-02T03:04:60Z",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05+14:01",
                "2026-01-02T03:04:05+1:00",
                "2026-01-02T03:04:05+0100",
                "2026-01-02T03:04:05ZZ",
                "0000-01-02T03:04:05Z",
                "0001-01-01T00:00:00+01:00",
                "9999-12-31T23:59:59-01:00",
                "2026-01-0xT03:04:05Z",
                "2026-01-02T03:04:05Z "
            })
    void other_spellings_of_time_are_refused(String written) {
        assertThat(messageFor(",\"time\":\"" + written + "\""))
                .isEqualTo("Text for attribute 'time' is invalid: Invalid timestamp (Parameter 'text')");
    }

    @Test
    void a_query_answers_time_in_utc() {
        assertThat(accepted(
                                ",\"x\":\"\\\"time\\\":\\\"\",\"time\":\"2026-01-01T00:30:00+01:00\",\"data\":{\"time\":\"2026-01-01T00:30:00+01:00\"}")
                        .jsonInUtc())
                .contains("\"x\":\"\\\"time\\\":\\\"\",\"time\":\"2025-12-31T23:30:00Z\"")
                .endsWith("\"data\":{\"time\":\"2026-01-01T00:30:00+01:00\"}}");
        var inUtc = accepted(",\"time\":\"2026-01-01T00:30:00Z\"");
        assertThat(inUtc.jsonInUtc()).isEqualTo(inUtc.json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|Cannot decode JSON element of kind 'Array' as CloudEvent",
                "[{\"a\":1}]|Cannot decode JSON element of kind 'Array' as CloudEvent",
                "\"x\"|Cannot decode JSON element of kind 'String' as CloudEvent",
                "12|Cannot decode JSON element of kind 'Number' as CloudEvent",
                "1.5|Cannot decode JSON element of kind 'Number' as CloudEvent",
                "true|Cannot decode JSON element of kind 'True' as CloudEvent",
                "false|Cannot decode JSON element of kind 'False' as CloudEvent",
                "null|Cannot decode JSON element of kind 'Null' as CloudEvent",
                "{}|Structured mode content does not represent a CloudEvent",
                "{\"specversion\":1.0}|Structured mode content does not represent a CloudEvent",
                "{\"specversion\":null}|Structured mode content does not represent a CloudEvent",
                "{\"id\":7,\"specversion\":\"0.3\"}|Unsupported CloudEvents spec version '0.3'",
                "{\"specversion\":\"1.0\"}|CloudEvent is missing required attributes: id, source, type (Parameter 'data')",
                "{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}|CloudEvent is missing required attributes: id (Parameter 'data')",
                "{\"specversion\":\"1.0\",\"id\":null,\"source\":\"/s\",\"type\":null}|CloudEvent is missing required attributes: id, type (Parameter 'data')"
            })
    void what_is_no_event_is_told_so(String body, String expected) {
        assertThat(message(body)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"id\":7|Invalid token type 'Number' for CloudEvent attribute 'id' with type 'String'",
                "\"type\":true|Invalid token type 'True' for CloudEvent attribute 'type' with type 'String'",
                "\"subject\":{}|Invalid token type 'Object' for CloudEvent attribute 'subject' with type 'String'",
                "\"source\":[]|Invalid token type 'Array' for CloudEvent attribute 'source' with type 'URI-Reference'",
                "\"time\":1|Invalid token type 'Number' for CloudEvent attribute 'time' with type 'Timestamp'",
                "\"dataschema\":false|Invalid token type 'False' for CloudEvent attribute 'dataschema' with type 'URI'",
                "\"ext\":{\"a\":1}|Invalid token type 'Object' for CloudEvent attribute",
                "\"BAD\":[1]|Invalid token type 'Array' for CloudEvent attribute",
                "\"fooX\":\"1\"|Invalid character 'X' in attribute name 'fooX' (Parameter 'name')",
                "\"foo_bar\":1|Invalid character '_' in attribute name 'foo_bar' (Parameter 'name')",
                "\"Data\":1|Invalid character 'D' in attribute name 'Data' (Parameter 'name')",
                "\"id\":\"\"|Value for attribute 'id' is invalid: Value must be non-empty (Parameter 'value')",
                "\"type\":\"\"|Value for attribute 'type' is invalid: Value must be non-empty (Parameter 'value')",
                "\"subject\":\"\"|Value for attribute 'subject' is invalid: Value must be non-empty (Parameter 'value')",
                "\"source\":\"\"|Value for attribute 'source' is invalid: URI reference must be non-empty (Parameter 'value')",
                "\"subject\":\"a\\u0001\"|Value for attribute 'subject' is invalid: Control character U+0001 is not permitted in string attributes (Parameter 'value')",
                "\"id\":\"\\u0000\"|Value for attribute 'id' is invalid: Control character U+0000 is not permitted in string attributes (Parameter 'value')",
                "\"source\":\"/\\u0000\"|Value for attribute 'source' is invalid: Control character U+0000 is not permitted in string attributes (Parameter 'value')",
                "\"ext\":\"\\u0085\"|Value for attribute 'ext' is invalid: Control character U+0085 is not permitted in string attributes (Parameter 'value')",
                "\"ext\":\"\\ufdd0\"|Value for attribute 'ext' is invalid: Noncharacter U+FDD0 is not permitted in string attributes (Parameter 'value')",
                "\"ext\":\"\\ud83f\\udffe\"|Value for attribute 'ext' is invalid: Noncharacter U+1FFFE is not permitted in string attributes (Parameter 'value')",
                "\"ext\":\"\\ud800\"|Value for attribute 'ext' is invalid: Surrogate U+D800 must be part of a pair (Parameter 'value')",
                "\"ext\":\"\\udc00\\ud800\"|Value for attribute 'ext' is invalid: Surrogate U+DC00 must be part of a pair (Parameter 'value')",
                "\"ext\":2147483648|Value for attribute 'ext' is invalid: A number must be an integer of 32 bits (Parameter 'value')",
                "\"ext\":123456789012345678901234567890|Value for attribute 'ext' is invalid: A number must be an integer of 32 bits (Parameter 'value')",
                "\"ext\":1.0|Value for attribute 'ext' is invalid: A number must be an integer of 32 bits (Parameter 'value')",
                "\"dataschema\":\"x\"|Text for attribute 'dataschema' is invalid: Invalid absolute URI (Parameter 'text')",
                "\"datacontenttype\":\"x\"|Value for attribute 'datacontenttype' is invalid: The 'datacontenttype' attribute value must be a content-type expression compliant with RFC2046 (Parameter 'value')",
                "\"data\":1,\"data_base64\":\"AQID\"|Structured mode content cannot contain both 'data' and 'data_base64' properties.",
                "\"data_base64\":1|Structured mode property 'data_base64' must be a string, when present.",
                "\"data_base64\":\"?\"|Structured mode property 'data_base64' is not a valid Base-64 string.",
                "\"datacontenttype\":\"text/xml\",\"data\":{}|CloudEvents with a non-JSON datacontenttype can only have string data values."
            })
    void a_bad_member_is_told_so(String member, String expected) {
        assertThat(messageFor("," + member)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"a\":}",
                "{\"a\":1,}",
                "{} {}",
                "{}x",
                "nope",
                "{/**/}",
                "{\"a\":\"\t\"}",
                "[1",
                "\"x"
            })
    void what_is_no_json_is_told_so(String body) {
        assertThat(message(body)).startsWith("The body is ");
    }

    @Test
    void ten_thousand_levels_are_refused() {
        assertThat(messageFor(",\"data\":" + "[".repeat(10_000) + "]".repeat(10_000)))
                .startsWith("The body is not valid JSON");
        assertThat(message("[".repeat(10_000))).startsWith("The body is not valid JSON");
    }

    @Test
    void bytes_that_are_no_text_are_refused() {
        byte[] body = ("{" + REQUIRED + ",\"data\":\"#\"}").getBytes(StandardCharsets.UTF_8);
        body[body.length - 3] = (byte) 0xc3;
        assertThat(READER.read(body, StandardCharsets.UTF_8))
                .isEqualTo(new CloudEventReading.Unreadable("The body is not valid UTF-8"));
        assertThat(accepted(",\"data\":\"\uFFFD\"").json()).contains("\uFFFD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-8"})
    void the_charset_chooses_the_decoder_and_a_byte_order_mark_is_overlooked(String charset) {
        String body = "{" + REQUIRED + ",\"subject\":\"æ\"}";
        for (String prefix : new String[] {"", "\uFEFF"}) {
            var reading = READER.read((prefix + body).getBytes(Charset.forName(charset)), Charset.forName(charset));
            assertThat(reading).isInstanceOf(CloudEventReading.Accepted.class);
            assertThat(((CloudEventReading.Accepted) reading).event().json()).isEqualTo(body);
        }
    }

    @Test
    void an_event_without_a_good_resource_is_refused() {
        String without = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";
        var undefined = new CloudEventReading.Refused("1", "A 'resource' property must be defined.");
        assertThat(read(without + "}")).isEqualTo(undefined);
        assertThat(read(without + ",\"resource\":null}")).isEqualTo(undefined);
        assertThat(read(without + ",\"resource\":\"\"}")).isEqualTo(undefined);
        assertThat(read(without + ",\"resource\":\"nope\"}"))
                .isEqualTo(new CloudEventReading.Refused("1", "'Resource' must be a valid urn."));
    }

    @ParameterizedTest
    @CsvSource({
        "https://ttd.apps.altinn.no/ttd/apps-test/instances/50015641/e31d, urn:altinn:resource:app_ttd_apps-test",
        "https://ttd.apps.altinn.no/ttd/apps-test, urn:altinn:resource:app__",
        "not a uri, urn:altinn:resource:app__",
    })
    void the_old_notation_of_an_app_is_rewritten(String source, String resource) {
        var event = accepted(",\"source\":\"" + source + "\",\"resource\":\"urn:altinn:resource:altinnapp.ttd.x\"");
        assertThat(event.resource()).isEqualTo(resource);
        assertThat(event.json()).contains("\"resource\":\"" + resource + "\"").doesNotContain("altinnapp");
    }
}

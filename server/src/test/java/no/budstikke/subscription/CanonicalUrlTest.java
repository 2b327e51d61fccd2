package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalUrlTest {

    @ParameterizedTest
    @MethodSource
    void an_address_has_one_spelling(String given, String canonical) {
        assertThat(CanonicalUrl.read(given)).isEqualTo(new CanonicalUrl.Reading.Web(new CanonicalUrl(canonical)));
        assertThat(CanonicalUrl.read(canonical)).as("read again").isEqualTo(CanonicalUrl.read(given));
        assertThat(new CanonicalUrl(canonical).uri().getHost()).isNotNull();
    }

    static Stream<Arguments> an_address_has_one_spelling() {
        return Stream.of(
                arguments("https://Webhook.site", "https://webhook.site/"),
                arguments("HTTPS://A.Example/Path?Code=KEY", "https://a.example/Path?Code=KEY"),
                arguments("https://a.example:443/x", "https://a.example/x"),
                arguments("https://a.example:0443/x", "https://a.example/x"),
                arguments("http://a.example:80", "http://a.example/"),
                arguments("https://a.example:80/", "https://a.example:80/"),
                arguments("https://a.example:/x", "https://a.example/x"),
                arguments("https://a.example/a/./b/../c", "https://a.example/a/c"),
                arguments("https://a.example/a/..", "https://a.example/"),
                arguments("https://a.example/a/b/.", "https://a.example/a/b/"),
                arguments("https://a.example/../../x", "https://a.example/x"),
                arguments("https://a.example/a//b/", "https://a.example/a//b/"),
                arguments("https://a.example?q", "https://a.example/?q"),
                arguments("https://a.example#F", "https://a.example/#F"),
                arguments("https://a.example/?a=../b&c=%2f%zz", "https://a.example/?a=../b&c=%2f%25zz"),
                arguments("https://a.example/?k=a+b/c?d[]=e@f:g", "https://a.example/?k=a+b/c?d[]=e@f:g"),
                arguments("https://a.example/æ ø", "https://a.example/%C3%A6%20%C3%B8"),
                arguments("https://a.example/?s=😀", "https://a.example/?s=%F0%9F%98%80"),
                arguments("https://a.example/{x}|^`", "https://a.example/%7Bx%7D%7C%5E%60"),
                arguments("https://a.example/%2Fa%e6", "https://a.example/%2Fa%e6"),
                arguments("https://a.example\\x\\y", "https://a.example/x/y"),
                arguments("https://user:pw@A.example/", "https://user:pw@a.example/"),
                arguments("https://bücher.example/", "https://xn--bcher-kva.example/"),
                arguments("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
                arguments("  https://a.example/x\n", "https://a.example/x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skd/flyttemelding",
                "altinn.no/ttd/apps-test/",
                "platform.altinn.no/",
                "",
                "sftp://altinn.no/ttd/",
                "urn:a:b",
                "//a.example/x"
            })
    void other_texts_are_no_web_address(String given) {
        assertThat(CanonicalUrl.read(given)).isEqualTo(new CanonicalUrl.Reading.NotWeb());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://",
                "https:///path",
                "https:a.example",
                "https://:443/",
                "https://a b.example/",
                "https://a.example:65536/",
                "https://a.example:x/",
                "https://[::1/",
                "https://[zz]/",
                "https://a_b.example/",
                "https://user@/",
                "https://1.2.3.4.5/",
                "https://a..example/",
                "https://a.example/\ud800"
            })
    void what_begins_like_an_address_and_has_no_host_can_not_be_parsed(String given) {
        assertThat(CanonicalUrl.read(given)).isEqualTo(new CanonicalUrl.Reading.Unparsable());
    }

    @Test
    void a_location_has_neither_query_nor_fragment_nor_slash_at_the_end() {
        assertThat(canonical("https://a.example/x//?q#f").location()).isEqualTo("https://a.example/x");
        assertThat(canonical("https://a.example/#/x").location()).isEqualTo("https://a.example");
        assertThat(canonical("https://a.example").location()).isEqualTo("https://a.example");
    }

    private static CanonicalUrl canonical(String url) {
        return Sources.configured(url);
    }
}

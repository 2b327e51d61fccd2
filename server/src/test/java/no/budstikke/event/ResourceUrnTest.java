package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceUrnTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:namespaceid:ttd:apps:apps-test",
                "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
                "urn:nbib:bokoversikt.api",
                "urn:altinn:resource:app_ttd_apps-test",
                "urn:a:b/c;d+(e),f.g!h$i",
                "urn:a:1:2:3:4:5:6:7:8:9:10"
            })
    void these_are(String text) {
        assertThat(ResourceUrn.parse(text)).contains(new ResourceUrn(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "urn", "urn:foo", "urn:foo::::", " urn:a:b", "urn:a:b ", "urn:a:b\n", "URN:a:b", "urn:A:b", "urn:a:B",
                "urn:a:b%20", "urn:a:b@c", "urn:a:æ", "urn:a:1:2:3:4:5:6:7:8:9:10:11", "https://x/y",
                "urn:abcdefghijklmnopqrstuvwxyz01234:b"
            })
    void these_are_not(String text) {
        assertThat(ResourceUrn.parse(text)).isEmpty();
        assertThatThrownBy(() -> new ResourceUrn(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_part_has_a_hundred_characters_at_most() {
        assertThat(ResourceUrn.parse("urn:a:" + "x".repeat(100))).isPresent();
        assertThat(ResourceUrn.parse("urn:a:" + "x".repeat(101))).isEmpty();
    }
}

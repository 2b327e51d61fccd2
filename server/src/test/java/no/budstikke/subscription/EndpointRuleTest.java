package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointRuleTest {

    private static final EndpointRule PRODUCTION = new EndpointRule(false);
    private static final EndpointRule DEVELOPMENT = new EndpointRule(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:9000/hook",
                "http://LOCALHOST/",
                "http://127.0.0.1:9000/",
                "http://127.255.0.9/",
                "http://[::1]:9000/",
                "http://[0:0:0:0:0:0:0:1]/"
            })
    void http_to_this_machine_is_for_development(String url) {
        assertThat(DEVELOPMENT.allows(Sources.configured(url))).isTrue();
        assertThat(PRODUCTION.allows(Sources.configured(url))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://altinn.no/ttd/",
                "http://127.0.0.1.example/",
                "http://localhost.example/",
                "http://10.0.0.1/",
                "http://[::2]/",
                "http://[::ffff:127.0.0.1]/",
                "http://localhost@altinn.no/"
            })
    void http_to_others_is_for_nobody(String url) {
        assertThat(DEVELOPMENT.allows(Sources.configured(url))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example/", "https://localhost/", "https://10.0.0.1:8443/x"})
    void https_is_for_everybody(String url) {
        assertThat(PRODUCTION.allows(Sources.configured(url))).isTrue();
        assertThat(DEVELOPMENT.allows(Sources.configured(url))).isTrue();
    }
}

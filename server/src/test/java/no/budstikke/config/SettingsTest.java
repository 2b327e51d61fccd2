package no.budstikke.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import no.budstikke.config.Settings.Compatibility;
import no.budstikke.config.Settings.Credentials;
import no.budstikke.config.Settings.Database;
import no.budstikke.config.Settings.Delivery;
import no.budstikke.config.Settings.Events;
import no.budstikke.config.Settings.Http;
import no.budstikke.config.Settings.Identity;
import no.budstikke.config.Settings.Issuer;
import no.budstikke.config.Settings.Observe;
import no.budstikke.config.Settings.PlatformIssuer;
import no.budstikke.config.Settings.Profile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final String PRODUCTION = """
            profile: production
            baseUrl: https://budstikke.example.no
            database: { url: "jdbc:postgresql://db/budstikke" }
            identity: { issuers: [ "https://idp.example.no/" ] }
            credentials: { key: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=" }
            """;

    private static final String EVERY_KEY = """
            profile: production
            http:
              host: 10.0.0.1
              port: 0
              maxBody: 1000
            baseUrl: https://budstikke.example.no/
            data: /var/lib/budstikke
            database:
              url: jdbc:postgresql://db.example.no:5432/budstikke
              user: someone
              password: "0123"
              poolSize: 90
            events:
              notation: urn
              publishedToSender: false
              retention: P30D
              sourceAliases:
                - https://platform.altinn.no/
              streams:
                most: 20
                heartbeat: 3s
              appsDomains: [apps.at22.altinn.cloud]
            compatibility:
              rejectUnsupportedFilters: true
              serviceOwnerBypass: false
            identity:
              embeddedIssuer: false
              issuers:
                - https://idp.example.no/openid/
                - issuer: https://maskinporten.no/
                  wellKnown: https://maskinporten.no/.well-known/oauth-authorization-server
                - issuer: https://other.example.no
                  jwksUri: https://other.example.no/keys
              platformIssuers:
                - issuer: ttd
                  jwksUri: https://ttd.example.no/keys
              privateApiIssuers: [platform, ttd]
              cookie: MyCookie
            delivery:
              timeout: 10s
              concurrency: 8
              retrySchedule: [1s, PT1M, 1d]
              disableAfter: 3d
              attemptRetention: 12h
              allowHttp: false
              allowLoopback: false
            credentials:
              key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
              signingKeyLifetime: 30d
            metrics:
              port: 9090
            tracing:
              otlpEndpoint: http://collector:4318/v1/traces
              sampleRatio: 0.25
            log:
              format: text
            """;

    @TempDir
    private Path directory;

    @Test
    void without_anything_it_is_the_development_profile() {
        Settings settings = Settings.inDirectory(directory, Map.of("HOME", "/root"), Map.of());

        assertThat(settings)
                .isEqualTo(new Settings(
                        Profile.DEVELOPMENT,
                        new Http("127.0.0.1", 8080, 30_000_000),
                        "http://localhost:{port}",
                        Path.of("data"),
                        new Database(new Database.Embedded(), 20),
                        new Events(
                                Events.Notation.PARTY,
                                true,
                                Duration.ofDays(90),
                                List.of(
                                        URI.create("https://platform.tt02.altinn.no"),
                                        URI.create("https://platform.altinn.no")),
                                List.of("apps.altinn.no", "apps.tt02.altinn.no"),
                                new Events.Streams(1_000, Duration.ofSeconds(15))),
                        new Compatibility(false, true),
                        new Identity(true, List.of(), List.of(), List.of("platform"), "AltinnStudioRuntime"),
                        new Delivery(
                                Duration.ofSeconds(45),
                                64,
                                List.of(
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(30),
                                        Duration.ofMinutes(1),
                                        Duration.ofMinutes(5),
                                        Duration.ofMinutes(10),
                                        Duration.ofMinutes(30),
                                        Duration.ofHours(1),
                                        Duration.ofHours(3),
                                        Duration.ofHours(6),
                                        Duration.ofHours(12),
                                        Duration.ofHours(12)),
                                Duration.ofDays(5),
                                Duration.ofDays(30),
                                true,
                                true),
                        new Credentials(new Secret(Credentials.DEVELOPMENT_KEY), Duration.ofDays(90)),
                        new Observe(OptionalInt.empty(), Optional.empty(), 1, Observe.LogFormat.TEXT)));
        assertThat(settings.baseUrl(4711)).isEqualTo(URI.create("http://localhost:4711"));
    }

    @Test
    void every_key_of_a_file_arrives() throws IOException {
        Settings expected = new Settings(
                Profile.PRODUCTION,
                new Http("10.0.0.1", 0, 1000),
                "https://budstikke.example.no",
                Path.of("/var/lib/budstikke"),
                new Database(
                        new Database.External(
                                "jdbc:postgresql://db.example.no:5432/budstikke", "someone", new Secret("0123")),
                        90),
                new Events(
                        Events.Notation.URN,
                        false,
                        Duration.ofDays(30),
                        List.of(URI.create("https://platform.altinn.no")),
                        List.of("apps.at22.altinn.cloud"),
                        new Events.Streams(20, Duration.ofSeconds(3))),
                new Compatibility(true, false),
                new Identity(
                        false,
                        List.of(
                                new Issuer(
                                        "https://idp.example.no/openid/",
                                        new Issuer.Discovered(URI.create(
                                                "https://idp.example.no/openid/.well-known/openid-configuration"))),
                                new Issuer(
                                        "https://maskinporten.no/",
                                        new Issuer.Discovered(URI.create(
                                                "https://maskinporten.no/.well-known/oauth-authorization-server"))),
                                new Issuer(
                                        "https://other.example.no",
                                        new Issuer.KeySet(URI.create("https://other.example.no/keys")))),
                        List.of(new PlatformIssuer(
                                "ttd", new PlatformIssuer.Published(URI.create("https://ttd.example.no/keys")))),
                        List.of("platform", "ttd"),
                        "MyCookie"),
                new Delivery(
                        Duration.ofSeconds(10),
                        8,
                        List.of(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofDays(1)),
                        Duration.ofDays(3),
                        Duration.ofHours(12),
                        false,
                        false),
                new Credentials(new Secret("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="), Duration.ofDays(30)),
                new Observe(
                        OptionalInt.of(9090),
                        Optional.of(URI.create("http://collector:4318/v1/traces")),
                        0.25,
                        Observe.LogFormat.TEXT));

        assertThat(file(EVERY_KEY)).isEqualTo(expected);
        String hyphenated = Pattern.compile("\\w+(?=:)")
                .matcher(EVERY_KEY)
                .replaceAll(key -> key.group().replaceAll("(?=\\p{Upper})", "-").toLowerCase(Locale.ROOT));
        assertThat(hyphenated).contains("published-to-sender:");
        assertThat(file(hyphenated)).isEqualTo(expected);
        assertThat(expected.toString()).doesNotContain("0123").doesNotContain("MDEy");
    }

    @Test
    void the_environment_says_the_same_as_a_file() throws IOException {
        Settings settings = Settings.inFile(
                write(PRODUCTION),
                Map.ofEntries(
                        Map.entry("BUDSTIKKE_HTTP_PORT", "9000"),
                        Map.entry("BUDSTIKKE_HTTP_MAX_BODY", "5"),
                        Map.entry("BUDSTIKKE_BASE_URL", "https://other.example.no:{port}/budstikke/"),
                        Map.entry("BUDSTIKKE_DATABASE_URL", "jdbc:postgresql://other/db"),
                        Map.entry("BUDSTIKKE_DATABASE_POOLSIZE", "7"),
                        Map.entry("BUDSTIKKE_EVENTS_PUBLISHED_TO_SENDER", "false"),
                        Map.entry("BUDSTIKKE_EVENTS_SOURCE_ALIASES", "https://a.example.no, http://b.example.no/"),
                        Map.entry("BUDSTIKKE_IDENTITY_ISSUERS", "https://one.example.no"),
                        Map.entry("BUDSTIKKE_DELIVERY_RETRY_SCHEDULE", "10ms,5m"),
                        Map.entry("PATH", "/bin")),
                Map.of());

        assertThat(settings.http()).isEqualTo(new Http("0.0.0.0", 9000, 5));
        assertThat(settings.baseUrl(9000)).isEqualTo(URI.create("https://other.example.no:9000/budstikke"));
        assertThat(settings.database())
                .isEqualTo(new Database(new Database.External("jdbc:postgresql://other/db", "", new Secret("")), 7));
        assertThat(settings.events().publishedToSender()).isFalse();
        assertThat(settings.events().sourceAliases())
                .containsExactly(URI.create("https://a.example.no"), URI.create("http://b.example.no"));
        assertThat(settings.identity().issuers()).extracting(Issuer::issuer).containsExactly("https://one.example.no");
        assertThat(settings.delivery().retrySchedule()).containsExactly(Duration.ofMillis(10), Duration.ofMinutes(5));
    }

    @Test
    void the_command_line_beats_the_environment_and_that_beats_the_file() throws IOException {
        Path file = write("http: { port: 1, host: 127.0.0.2, maxBody: 3 }");

        Settings settings = Settings.inFile(
                file, Map.of("BUDSTIKKE_HTTP_PORT", "2", "BUDSTIKKE_HTTP_HOST", "127.0.0.3"), Map.of("http.port", "3"));

        assertThat(settings.http()).isEqualTo(new Http("127.0.0.3", 3, 3));
    }

    @Test
    void a_file_in_the_working_directory_is_read_and_one_that_is_named_must_be_there() throws IOException {
        Files.writeString(directory.resolve("budstikke.yaml"), "http:\n  port: 8123\n");

        assertThat(Settings.inDirectory(directory, Map.of(), Map.of()).http().port())
                .isEqualTo(8123);
        assertThatThrownBy(() -> Settings.inFile(directory.resolve("absent.yaml"), Map.of(), Map.of()))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("absent.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "http:\n", "http:\n  port:\n"})
    void a_file_that_sets_nothing_changes_nothing(String yaml) throws IOException {
        assertThat(file(yaml)).isEqualTo(Settings.inDirectory(directory.resolve("empty"), Map.of(), Map.of()));
    }

    @Test
    void production_is_closed_by_default() throws IOException {
        Settings settings = file(PRODUCTION);

        assertThat(settings.http().host()).isEqualTo("0.0.0.0");
        assertThat(settings.events().sourceAliases()).isEmpty();
        assertThat(settings.identity().embeddedIssuer()).isFalse();
        assertThat(settings.delivery().allowHttp()).isFalse();
        assertThat(settings.delivery().allowLoopback()).isFalse();
    }

    @Test
    void production_names_everything_that_is_missing() {
        assertThatThrownBy(() -> file("profile: production"))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .satisfiesExactly(
                                        problem -> assertThat(problem).startsWith("baseUrl "),
                                        problem -> assertThat(problem).startsWith("database.url "),
                                        problem -> assertThat(problem).startsWith("identity.issuers "),
                                        problem -> assertThat(problem).startsWith("credentials.key ")));
    }

    @ParameterizedTest
    @CsvSource({
        "credentials.key, c2hvcnQ=",
        "credentials.key, 'no base64 at all, and yet long enough for a key'",
        "credentials.signingKeyLifetime, 1h"
    })
    void a_key_that_protects_nothing_is_refused_and_not_repeated(String key, String value) throws IOException {
        Path file = write(PRODUCTION);

        assertThatThrownBy(() -> Settings.inFile(file, Map.of(), Map.of(key, value)))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .singleElement()
                                .asString()
                                .startsWith(key + " ")
                                .doesNotContain(value));
    }

    @ParameterizedTest
    @CsvSource({
        "baseUrl, http://budstikke.example.no",
        "identity.embeddedIssuer, true",
        "identity.issuers, http://idp.example.no",
        "identity.issuers, ''",
        "delivery.allowHttp, true",
        "delivery.allowLoopback, true"
    })
    void production_refuses_what_is_unsafe(String key, String value) throws IOException {
        Path file = write(PRODUCTION);

        assertThatThrownBy(() -> Settings.inFile(file, Map.of(), Map.of(key, value)))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .singleElement()
                                .asString()
                                .startsWith(key + " ")
                                .contains("in production"));
    }

    @Test
    void the_keys_of_a_platform_issuer_may_be_those_of_a_certificate() throws IOException {
        Path certificate = Path.of("src/test/resources/identity/ttd-access-token.pem");

        Settings settings =
                file("identity: { platformIssuers: [ { issuer: ttd, certificate: %s } ] }".formatted(certificate));

        assertThat(settings.identity().platformIssuers())
                .singleElement()
                .satisfies(issuer -> assertThat(issuer.issuer()).isEqualTo("ttd"))
                .extracting(PlatformIssuer::keys)
                .isInstanceOfSatisfying(
                        PlatformIssuer.Certified.class,
                        certified -> assertThat(certified.keys())
                                .singleElement()
                                .extracting(PublicKey::getAlgorithm)
                                .isEqualTo("RSA"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ issuer: ttd }",
                "{ issuer: ttd, certificate: absent.pem }",
                "{ issuer: ttd, certificate: pom.xml }",
                "{ issuer: ttd, jwksUri: keys }",
                "{ issuer: ttd, jwksUri: 'https://a.example.no', certificate: a.pem }",
                "{ issuer: ttd, keys: 'https://a.example.no' }",
                "{ jwksUri: 'https://a.example.no' }"
            })
    void a_platform_issuer_without_keys_that_can_be_read_is_refused(String issuer) {
        assertThatThrownBy(() -> file("identity: { platformIssuers: [ " + issuer + " ] }"))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("identity.platformIssuers")
                .hasMessageContaining("expected a list, each a tree with `issuer`");
    }

    @Test
    void a_platform_issuer_is_named_once() {
        String issuer = "{ issuer: ttd, jwksUri: 'https://a.example.no' }";

        assertThatThrownBy(() -> file("identity: { platformIssuers: [ %s, %s ] }".formatted(issuer, issuer)))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("identity.platformIssuers names an issuer twice");
    }

    @Test
    void production_wants_the_keys_of_platform_issuers_from_a_safe_place() {
        assertThatThrownBy(() -> file(PRODUCTION.replace(
                        "identity: {",
                        "identity: { platformIssuers: [ { issuer: ttd, jwksUri: 'http://ttd.example.no/keys' } ],")))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("identity.platformIssuers must all have a certificate");
    }

    @Test
    void an_unknown_key_is_refused_by_its_name_whoever_gives_it() throws IOException {
        Path file = write("""
                http: { prot: 1, httpport: 2 }
                httpport: 3
                databaseurl: 4
                event: { retention: 90d }
                nothing:
                """);

        assertThatThrownBy(() -> Settings.inFile(
                        file, Map.of("BUDSTIKKE_HTTP_PROT", "4"), Map.of("http.Port", "5", "httpport", "6")))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .satisfiesExactly(
                                        problem -> assertThat(problem).startsWith("databaseurl in " + file),
                                        problem -> assertThat(problem)
                                                .startsWith("event.retention in " + file)
                                                .contains("events.…"),
                                        problem -> assertThat(problem).startsWith("http.httpport in " + file),
                                        problem -> assertThat(problem)
                                                .isEqualTo(
                                                        "http.prot in " + file
                                                                + " is not a setting; there are http.host, http.maxBody, http.port."),
                                        problem -> assertThat(problem).startsWith("httpport in " + file),
                                        problem -> assertThat(problem).startsWith("nothing in " + file),
                                        problem -> assertThat(problem)
                                                .startsWith("BUDSTIKKE_HTTP_PROT in the environment"),
                                        problem -> assertThat(problem).startsWith("http.Port in the command line"),
                                        problem -> assertThat(problem).startsWith("httpport in the command line")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profile                    | prod",
                "profile                    | DEVELOPMENT",
                "http.port                  | 65536",
                "http.port                  | -1",
                "http.port                  | eighty",
                "http.port                  | 99999999999999999999",
                "http.port                  | 80.5",
                "http.host                  | ''",
                "http.maxBody               | 0",
                "baseUrl                    | budstikke.example.no",
                "baseUrl                    | ftp://budstikke.example.no",
                "baseUrl                    | http://localhost:{prot}",
                "baseUrl                    | https://budstikke.example.no?a=b",
                "data                       | ''",
                "database.url               | postgres://localhost/db",
                "database.poolSize          | 1",
                "database.poolSize          | 51",
                "events.notation            | altinn",
                "events.publishedToSender   | yes",
                "events.retention           | 90",
                "events.retention           | 0d",
                "events.retention           | -P1D",
                "events.retention           | P3M",
                "events.sourceAliases       | https://a.example.no,b",
                "events.streams.most        | many",
                "events.streams.heartbeat   | 3",
                "events.appsDomains         | https://apps.altinn.no",
                "identity.issuers           | idp",
                "identity.platformIssuers   | ttd",
                "identity.cookie            | a b",
                "delivery.timeout           | 45 s",
                "delivery.concurrency       | 0",
                "delivery.retrySchedule     | 10s,soon",
                "delivery.disableAfter      | never",
                "delivery.attemptRetention  | -1s",
                "delivery.attemptRetention  | -PT1S",
                "delivery.attemptRetention  | 0",
                "delivery.allowHttp         | 1",
            })
    void a_bad_value_is_refused_by_key_and_value(String key, String value) {
        assertThatThrownBy(() -> Settings.inDirectory(directory, Map.of(), Map.of(key, value)))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .singleElement()
                                .asString()
                                .startsWith(key + " ")
                                .containsAnyOf("expected", "must be"));
    }

    @Test
    void a_bad_value_is_shown_with_its_place_but_never_a_secret() throws IOException {
        Path file = write("""
                http: { port: [ 1, 2 ] }
                database: { url: "postgres://me:geheim@db", password: { very: geheim } }
                identity: { issuers: [ { issuer: "https://a.example.no", jwksUri: "https://a", wellKnown: "https://b" } ] }
                """);

        assertThatThrownBy(() -> Settings.inFile(file, Map.of("BUDSTIKKE_HTTP_HOST", " "), Map.of()))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("database.password.very in " + file + " is not a setting")
                .hasMessageContaining("http.host (BUDSTIKKE_HTTP_HOST in the environment): expected a host name")
                .hasMessageContaining("http.port (" + file + "): expected a whole number from 0 to 65535, not [1,2].")
                .hasMessageContaining("database.url (" + file + "): expected")
                .hasMessageContaining("identity.issuers (" + file + "): expected a list")
                .hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "0d", "PT0S"})
    void attempts_need_not_be_kept_at_all(String nothing) {
        Settings settings = Settings.inDirectory(directory, Map.of(), Map.of("delivery.attemptRetention", nothing));

        assertThat(settings.delivery().attemptRetention()).isZero();
    }

    @Test
    void user_and_password_without_a_database_are_a_mistake() {
        assertThatThrownBy(() -> Settings.inDirectory(directory, Map.of("BUDSTIKKE_DATABASE_USER", "me"), Map.of()))
                .hasMessageContaining("set database.url, too");
    }

    static Stream<String> brokenFiles() {
        return Stream.of("http: [", "- a\n- b\n", "text", "http: { port: 1, port: 2 }", "\tx: 1");
    }

    @ParameterizedTest
    @MethodSource("brokenFiles")
    void a_broken_file_is_refused_in_one_line_with_its_name(String yaml) throws IOException {
        Path file = write(yaml);

        assertThatThrownBy(() -> Settings.inFile(file, Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        refusal -> assertThat(refusal.problems())
                                .singleElement()
                                .asString()
                                .contains(file.toString())
                                .doesNotContain("\n"));
    }

    @Test
    void one_key_in_two_spellings_is_refused() {
        assertThatThrownBy(() -> file("events: { publishedToSender: true, published-to-sender: true }"))
                .hasMessageContaining("events.publishedToSender is given twice");
    }

    private Settings file(String yaml) throws IOException {
        return Settings.inFile(write(yaml), Map.of(), Map.of());
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("some.yaml"), yaml);
    }
}

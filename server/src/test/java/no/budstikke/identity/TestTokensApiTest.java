package no.budstikke.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import no.budstikke.http.HttpServer;
import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Routes;
import no.budstikke.identity.TokenVerifier.Verification;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyRegister;
import no.budstikke.time.Ids;
import no.budstikke.time.MovableClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestTokensApiTest {

    private static final String BASE = "http://budstikke.example";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Party PERSON = new Party(
            Ids.derived("a person"), 50010001, new NationalIdentityNumber("01819010001"), "Varsom Skrivepult");

    @TempDir
    static Path data;

    private static HttpServer server;
    private static TokenVerifier verifier;

    @BeforeAll
    static void start() {
        var clock = new MovableClock();
        EmbeddedIssuer issuer = EmbeddedIssuer.open(data, BASE);
        verifier = new TokenVerifier(List.of(issuer.trusted()), Duration.ZERO, clock);
        var authentication = new Authentication(verifier);
        var routes = new Routes();
        issuer.addTo(routes);
        var parties = PartyRegister.of(
                List.of(new PartyRegister.Entry(PERSON, OptionalInt.of(20000001), Optional.empty(), Optional.empty())));
        new TestTokensApi(new TestTokens(issuer, clock, new Ids(clock)), parties).addTo(routes);
        routes.add(
                "GET",
                "/whoami",
                request -> authentication.authenticated(
                        request,
                        caller -> Reply.text(200, Reply.TEXT, caller.org().orElse("nobody"))));
        server = HttpServer.listen(new HttpServer.Listen("127.0.0.1", 0, 1_000));
        server.serve(routes);
    }

    @AfterAll
    static void stop() {
        server.close();
        CLIENT.close();
    }

    private static HttpResponse<String> get(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(path, e);
        }
    }

    private static Caller tokenFor(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        return switch (verifier.verify(answer.body())) {
            case Verification.Verified(Caller caller) -> caller;
            case Verification.Rejected(String why) -> throw new AssertionError(why);
        };
    }

    @Test
    void an_enterprise_token_names_the_organisation_and_its_scopes() {
        Caller caller = tokenFor("/api/GetEnterpriseToken?env=tt02&org=ttd&ORGNO=991825827"
                + "&scopes=altinn:events.publish,altinn:serviceowner%20altinn:correspondence.write");
        assertThat(caller.issuer()).isEqualTo(BASE + "/authentication/api/v1/openid/");
        assertThat(caller.scopes())
                .containsExactlyInAnyOrder(
                        "altinn:events.publish", "altinn:serviceowner", "altinn:correspondence.write");
        assertThat(caller.org()).contains("ttd");
        assertThat(caller.organizationNumber()).contains(new OrganizationNumber("991825827"));
        assertThat(caller.consumer()).contains(new OrganizationNumber("991825827"));
        assertThat(caller.authLevel()).isEqualTo(3);
        assertThat(caller.sessionId().orElseThrow()).hasSize(43);
        assertThat(caller.userId()).isEmpty();
    }

    @Test
    void a_platform_access_token_is_for_an_app_or_a_component_and_no_bearer_token() {
        String app = get("/api/GetPlatformAccessToken?env=at22&app=apps-test&org=ttd")
                .body();
        String component =
                get("/api/GetPlatformAccessToken?app=events&dump=true").body();

        assertThat(verifier.verify(app)).isInstanceOf(Verification.Rejected.class);
        assertThat(component)
                .contains(
                        "\"urn:altinn:app\":\"events\"",
                        "\"iss\":\"platform\"",
                        "\"actual_iss\":\"altinn-test-tools\"");
        assertThat(get("/api/GetPlatformAccessToken").body()).isEqualTo("{\"app\":\"Parameter must be supplied\"}");
    }

    @Test
    void an_organisation_that_is_left_out_is_random() {
        Caller one = tokenFor("/api/getenterprisetoken?scopes=a");
        Caller other = tokenFor("/api/getenterprisetoken?scopes=a");
        assertThat(one.org()).isEmpty();
        assertThat(one.organizationNumber()).isPresent().isNotEqualTo(other.organizationNumber());
    }

    @Test
    void a_personal_token_is_completed_from_the_register() {
        Caller caller = tokenFor("/api/GetPersonalToken?pid=01819010001&authLvl=4");
        assertThat(caller.person()).contains(new NationalIdentityNumber("01819010001"));
        assertThat(caller.userId()).isEqualTo(OptionalInt.of(20000001));
        assertThat(caller.partyId()).isEqualTo(OptionalInt.of(50010001));
        assertThat(caller.partyUuid()).contains(PERSON.uuid());
        assertThat(caller.authLevel()).isEqualTo(4);
        assertThat(caller.scopes()).containsExactly("altinn:enduser");
        assertThat(caller.consumer()).isEmpty();
        assertThat(tokenFor("/api/GetPersonalToken").person()).contains(new NationalIdentityNumber("01819010001"));
        assertThat(tokenFor("/api/GetPersonalToken?userId=20000077").userId()).isEqualTo(OptionalInt.of(20000077));
    }

    @Test
    void a_system_user_token_names_customer_and_vendor_but_no_organisation_number() {
        UUID id = UUID.fromString("8d2f0ba2-6c6c-4c9f-9f5d-3c2f7a3c1d11");
        Caller caller = tokenFor("/api/GetSystemUserToken?systemUserId=" + id + "&systemUserOrg=310000018&scopes=a");
        assertThat(caller.systemUser())
                .contains(new Caller.SystemUser(id, Optional.of(new OrganizationNumber("310000018"))));
        assertThat(caller.consumer()).contains(new OrganizationNumber("991825827"));
        assertThat(caller.organizationNumber()).isEmpty();
    }

    @Test
    void users_without_a_number_have_level_0() {
        assertThat(tokenFor("/api/GetSelfIdentifiedUserToken?userId=5").authLevel())
                .isZero();
        Caller caller = tokenFor("/api/GetSelfRegisteredEmailUserToken?email=Kari@eksempel.no");
        assertThat(caller.authLevel()).isZero();
        assertThat(caller.urnClaims())
                .containsEntry(
                        "urn:altinn:party:external-identifier", "urn:altinn:person:idporten-email:kari@eksempel.no")
                .containsEntry("urn:altinn:username", "epost:kari@eksempel.no");
    }

    @ParameterizedTest
    @CsvSource({
        "GetEnterpriseToken?orgNo=1, scopes, Parameter must be supplied",
        "GetEnterpriseToken?orgNo=1, orgNo, Parameter was supplied with an invalid value",
        "GetEnterpriseToken?scopes=A%20UPPER, scopes, Parameter was supplied with an invalid value",
        "GetEnterpriseToken?scopes=a&ttl=-1, ttl, Parameter was supplied with an invalid value",
        "GetEnterpriseToken?scopes=a&bulkCount=1000000, bulkCount, Parameter was supplied with an invalid value",
        "GetPersonalToken?pid=01819010002, pid, Parameter was supplied with an invalid value",
        "GetPersonalToken?authLvl=5, authLvl, Parameter was supplied with an invalid value",
        "GetSystemUserToken?scopes=a, systemUserId, Parameter must be supplied",
        "GetSelfRegisteredEmailUserToken?email=nobody, email, Parameter was supplied with an invalid value",
    })
    void a_bad_parameter_is_named(String query, String parameter, String message) throws IOException {
        HttpResponse<String> answer = get("/api/" + query);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Json.SPARSE.readTree(answer.body()).path(parameter).asText()).isEqualTo(message);
    }

    @Test
    void many_tokens_come_as_a_map() throws IOException {
        JsonNode tokens = Json.SPARSE.readTree(
                get("/api/GetEnterpriseToken?scopes=a&bulkCount=3").body());
        assertThat(tokens.properties())
                .hasSize(3)
                .allSatisfy(named -> assertThat(verifier.verify(named.getValue().asText()))
                        .isInstanceOfSatisfying(
                                Verification.Verified.class,
                                verified -> assertThat(verified.caller().organizationNumber())
                                        .contains(new OrganizationNumber(named.getKey()))));
    }

    @Test
    void a_token_can_be_shown_in_clear() {
        assertThat(get("/api/GetEnterpriseToken?scopes=a&org=ttd&dump=true").body())
                .contains("\"alg\":\"RS256\"")
                .contains("\"urn:altinn:org\":\"ttd\"");
    }

    @Test
    void others_can_verify_our_tokens_through_discovery() {
        var clock = new MovableClock();
        String keySet = "http://127.0.0.1:" + server.port()
                + "/authentication/api/v1/openid/.well-known/openid-configuration/jwks";
        var elsewhere = TrustedIssuer.elsewhere(
                BASE + "/authentication/api/v1/openid/",
                TrustedIssuer.Kind.ALTINN,
                Set.of("RS256"),
                URI.create(keySet),
                CLIENT,
                clock);
        String token = get("/api/GetEnterpriseToken?scopes=a").body();
        assertThat(new TokenVerifier(List.of(elsewhere), Duration.ZERO, clock).verify(token))
                .isInstanceOf(Verification.Verified.class);
        assertThat(get("/authentication/api/v1/openid/.well-known/openid-configuration")
                        .body())
                .contains("\"jwks_uri\":\"" + BASE
                        + "/authentication/api/v1/openid/.well-known/openid-configuration/jwks\"");
    }

    @Test
    void the_scheme_word_may_be_in_any_case() {
        String token = get("/api/GetEnterpriseToken?scopes=a&org=ttd").body();
        assertThat(get("/whoami", "Authorization", "Bearer " + token).body()).isEqualTo("ttd");
        assertThat(get("/whoami", "Authorization", "bEARER  " + token).body()).isEqualTo("ttd");
    }

    @Test
    void who_has_no_token_or_a_bad_one_is_answered_401_without_a_body() {
        for (String other : List.of("Basic eDp5", "Bearer", "Bearertoken")) {
            HttpResponse<String> answer = get("/whoami", "Authorization", other);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        HttpResponse<String> bad = get("/whoami", "Authorization", "Bearer x.y.z");
        assertThat(bad.statusCode()).isEqualTo(401);
        assertThat(bad.body()).isEmpty();
        assertThat(bad.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Bearer error=\"invalid_token\", error_description=\"the token");
    }

    @Test
    void the_key_is_kept_between_starts_and_only_its_owner_can_read_it(@TempDir Path other) throws IOException {
        Path file = data.resolve("issuer-key.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String token = get("/api/GetEnterpriseToken?scopes=a").body();
        var clock = new MovableClock();
        var again = new TokenVerifier(List.of(EmbeddedIssuer.open(data, BASE).trusted()), Duration.ZERO, clock);
        assertThat(again.verify(token)).isInstanceOf(Verification.Verified.class);
        var stranger =
                new TokenVerifier(List.of(EmbeddedIssuer.open(other, BASE).trusted()), Duration.ZERO, clock);
        assertThat(stranger.verify(token)).isInstanceOf(Verification.Rejected.class);
    }

    @Test
    void a_damaged_key_stops_the_start_and_is_named(@TempDir Path other) throws IOException {
        Path file = Files.writeString(other.resolve("issuer-key.json"), "{}");
        assertThatThrownBy(() -> EmbeddedIssuer.open(other, BASE)).hasMessageContaining(file.toString());
    }
}

package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Test tokens from the server's embedded issuer, each asked for once. Spec: authorization §7.
public final class Tokens {

    private static final int TTL_SECONDS = 14_400;

    private final Api api;
    private final Map<String, String> known = new ConcurrentHashMap<>();

    Tokens(Api api) {
        this.api = api;
    }

    /// The service owner `ttd`, who may send correspondences, publish events as an ordinary publisher
    /// and subscribe.
    public String serviceOwner() {
        return serviceOwner(
                "altinn:serviceowner",
                "altinn:correspondence.write",
                "altinn:correspondence.read",
                "altinn:events.publish",
                "altinn:events.subscribe");
    }

    /// The service owner `ttd` with exactly these scopes.
    public String serviceOwner(String... scopes) {
        return enterprise(Parties.TTD_CODE, Parties.TTD.number(), scopes);
    }

    /// The service owner `ttd` as a publisher whose events are not checked against the resource's
    /// policy.
    public String publisher() {
        return serviceOwner("altinn:serviceowner", "altinn:events.publish", "altinn:events.publish.admin");
    }

    /// An organisation that may read its correspondences and subscribe to its events; no service owner.
    public String organization(String number) {
        return organization(number, "altinn:correspondence.read", "altinn:events.subscribe");
    }

    /// An organisation with exactly these scopes.
    public String organization(String number, String... scopes) {
        return ask("GetEnterpriseToken", "&orgNo=" + number + "&scopes=" + encoded(scopes));
    }

    /// An enterprise token with `urn:altinn:org`: the organisation is a service owner with this code.
    public String enterprise(String code, String number, String... scopes) {
        return ask("GetEnterpriseToken", "&org=" + code + "&orgNo=" + number + "&scopes=" + encoded(scopes));
    }

    /// A person with scope `altinn:portal/enduser`.
    public String person(String number) {
        return person(number, "altinn:portal/enduser");
    }

    /// A person with exactly these scopes.
    public String person(String number, String... scopes) {
        return ask("GetPersonalToken", "&pid=" + number + "&scopes=" + encoded(scopes));
    }

    /// A platform access token, for the header `PlatformAccessToken`: of an app of the organisation with
    /// that code, or of a component of `platform`.
    public String platform(String issuer, String app) {
        return ask("GetPlatformAccessToken", "&org=" + issuer + "&app=" + app);
    }

    /// Any function of the token generator with parameters that have no shorthand here; never cached.
    ///
    /// @param parameters such as `org=ttd&ttl=1`; `env` is added
    public String fresh(String function, String parameters) {
        return api.get("/api/" + function + "?env=dev&" + parameters)
                .expect(200)
                .body()
                .strip();
    }

    private String ask(String function, String parameters) {
        return known.computeIfAbsent(function + parameters, _ -> fresh(function, "ttl=" + TTL_SECONDS + parameters));
    }

    private static String encoded(String... scopes) {
        return URLEncoder.encode(String.join(" ", scopes), UTF_8);
    }
}

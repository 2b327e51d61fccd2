package no.budstikke.identity;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.time.Ids;

/// Test tokens with the claims that Altinn's own generator gives, signed by the embedded issuer. For
/// development only: whoever can reach this can be anybody. Spec: authorization §7.
public final class TestTokens {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int[] WEIGHTS = {3, 2, 7, 6, 5, 4, 3, 2};

    private final EmbeddedIssuer issuer;
    private final InstantSource time;
    private final Ids ids;

    public TestTokens(EmbeddedIssuer issuer, InstantSource time, Ids ids) {
        this.issuer = issuer;
        this.time = time;
        this.ids = ids;
    }

    /// What every token has.
    ///
    /// @param clientId random when left out
    public record Common(Set<String> scopes, Duration life, Optional<String> clientId) {

        public Common {
            scopes = Set.copyOf(scopes);
        }
    }

    /// A person as a token names it.
    ///
    /// @param number empty for those who log in without one
    public record Person(
            Optional<NationalIdentityNumber> number, int userId, int partyId, UUID partyUuid, String userName) {}

    /// For an organisation; `org` is the code of a service owner, such as `ttd`.
    public String enterprise(
            Common common,
            OrganizationNumber organization,
            Optional<String> org,
            Optional<OrganizationNumber> supplier,
            Optional<String> delegationSource) {
        var claims = machine(common, organization);
        claims.put("urn:altinn:orgNumber", organization.digits());
        org.ifPresent(code -> claims.put("urn:altinn:org", code));
        supplier.ifPresent(number -> claims.put("supplier", consumer(number)));
        delegationSource.ifPresent(source -> claims.put("delegation_source", source));
        return issuer.sign(claims);
    }

    /// For a system user of `customer`, whose system belongs to `vendor`.
    public String systemUser(
            Common common,
            UUID systemUser,
            OrganizationNumber customer,
            OrganizationNumber vendor,
            Optional<OrganizationNumber> supplier) {
        var claims = machine(common, vendor);
        supplier.ifPresent(number -> claims.put("supplier", consumer(number)));
        claims.put(
                "authorization_details",
                List.of(Map.of(
                        "type",
                        "urn:altinn:systemuser",
                        "systemuser_id",
                        List.of(systemUser.toString()),
                        "systemuser_org",
                        consumer(customer),
                        "system_id",
                        vendor.digits() + "_" + ids.random())));
        return issuer.sign(claims);
    }

    private Map<String, Object> machine(Common common, OrganizationNumber consumer) {
        var claims = common(common);
        claims.put("consumer", consumer(consumer));
        claims.put("urn:altinn:authenticatemethod", "maskinporten");
        claims.put("urn:altinn:authlevel", 3);
        return claims;
    }

    /// For a person who has logged in at that level; `consumer` is the organisation that owns the
    /// client.
    public String personal(Common common, Person person, int level, Optional<OrganizationNumber> consumer, String amr) {
        var claims = person(common, person, level);
        claims.put("urn:altinn:authenticatemethod", "NotDefined");
        claims.put("acr", acr(level));
        claims.put("client_amr", amr);
        consumer.ifPresent(number -> {
            claims.put("consumer", consumer(number));
            claims.put("client_orgno", number.digits());
        });
        return issuer.sign(claims);
    }

    /// For a user with nothing but a user name.
    public String selfIdentified(Common common, Person person) {
        var claims = person(common, person, 0);
        claims.put("urn:altinn:authenticatemethod", "SelfIdentified");
        claims.put("acr", acr(0));
        return issuer.sign(claims);
    }

    /// For a user who logs in to ID-porten with an e-mail address.
    public String emailUser(Common common, Person person, String email) {
        var claims = person(common, person, 0);
        claims.put("email", email);
        claims.put("urn:altinn:party:external-identifier", "urn:altinn:person:idporten-email:" + email);
        claims.put("urn:altinn:authenticatemethod", "IdportenEpost");
        claims.put("acr", "selfregistered-email");
        claims.put("amr", List.of("Selfregistered-email"));
        return issuer.sign(claims);
    }

    /// A platform access token: for an app of the organisation with that code, or for a component of
    /// `platform`. Spec: authorization §7, §8.1.
    public String platformAccess(String issuer, String app, Duration life) {
        long now = time.instant().getEpochSecond();
        return this.issuer.signAs(
                issuer,
                Map.of(
                        "urn:altinn:app",
                        app,
                        "exp",
                        now + life.toSeconds(),
                        "iat",
                        now,
                        "nbf",
                        now,
                        "actual_iss",
                        "altinn-test-tools"));
    }

    private Map<String, Object> person(Common common, Person person, int level) {
        var claims = common(common);
        claims.put("nameid", person.userId());
        claims.put("urn:altinn:userid", person.userId());
        claims.put("urn:altinn:username", person.userName());
        claims.put("urn:altinn:partyid", person.partyId());
        claims.put("urn:altinn:party:uuid", person.partyUuid().toString());
        claims.put("urn:altinn:authlevel", Integer.toString(level));
        person.number().ifPresent(number -> claims.put("pid", number.digits()));
        return claims;
    }

    private Map<String, Object> common(Common common) {
        long now = time.instant().getEpochSecond();
        var claims = new LinkedHashMap<String, Object>();
        claims.put("scope", String.join(" ", common.scopes().stream().sorted().toList()));
        claims.put("token_type", "Bearer");
        claims.put("exp", now + common.life().toSeconds());
        claims.put("iat", now);
        claims.put("nbf", now);
        claims.put("client_id", common.clientId().orElseGet(() -> ids.random().toString()));
        claims.put("jti", tokenId());
        claims.put("actual_iss", "altinn-test-tools");
        return claims;
    }

    private static Map<String, String> consumer(OrganizationNumber number) {
        return Map.of("authority", "iso6523-actorid-upis", "ID", "0192:" + number.digits());
    }

    private static String acr(int level) {
        return switch (level) {
            case 3 -> "idporten-loa-substantial";
            case 4 -> "idporten-loa-high";
            default -> "idporten-loa-low";
        };
    }

    /// 43 characters.
    private static String tokenId() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// A number of the synthetic series 310 to 314 with a right control digit. Spec: authorization
    /// §11.2.
    static OrganizationNumber randomOrganization() {
        while (true) {
            String eight = Integer.toString(ThreadLocalRandom.current().nextInt(31_000_000, 31_500_000));
            int sum = 0;
            for (int i = 0; i < WEIGHTS.length; i++) {
                sum += WEIGHTS[i] * (eight.charAt(i) - '0');
            }
            int control = (11 - sum % 11) % 11;
            if (control < 10) {
                return new OrganizationNumber(eight + control);
            }
        }
    }
}

package no.budstikke.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.budstikke.http.Json;
import no.budstikke.http.QueryParameters;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.party.EmailUser;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyRegister;
import no.budstikke.time.Ids;

/// `GET /api/GetEnterpriseToken` and its siblings: test tokens with the names, parameters and messages
/// of Altinn's generator. `env` and a Basic user are overlooked. Only in development. Spec:
/// authorization §7.
public final class TestTokensApi {

    private static final Pattern SCOPES = Pattern.compile("[a-z0-9:/_\\-,. ]{1,500}");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_-]{2,30}");
    private static final Pattern APP = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern ANY = Pattern.compile(".{1,200}");
    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final int MAX_BULK = 1000;
    private static final OrganizationNumber DIGDIR = new OrganizationNumber("991825827");

    private final TestTokens tokens;
    private final PartyRegister parties;

    public TestTokensApi(TestTokens tokens, PartyRegister parties) {
        this.tokens = tokens;
        this.parties = parties;
    }

    public void addTo(Routes routes) {
        routes.add("GET", "/api/GetEnterpriseToken", this::enterprise);
        routes.add("GET", "/api/GetPersonalToken", this::personal);
        routes.add("GET", "/api/GetSystemUserToken", this::systemUser);
        routes.add("GET", "/api/GetSelfIdentifiedUserToken", this::selfIdentified);
        routes.add("GET", "/api/GetSelfRegisteredEmailUserToken", this::emailUser);
        routes.add("GET", "/api/GetPlatformAccessToken", this::platformAccess);
    }

    private Reply enterprise(Request request) {
        var given = new Parameters(request.query());
        TestTokens.Common common = common(given, Optional.empty());
        Optional<String> org = given.optional("org", matching(CODE));
        Optional<OrganizationNumber> number = given.optional("orgNo", OrganizationNumber::ofDigits);
        Optional<OrganizationNumber> supplier = given.optional("supplierOrgNo", OrganizationNumber::ofDigits);
        Optional<String> delegationSource = given.optional("delegationSource", matching(ANY));
        return answer(request, given, () -> {
            OrganizationNumber organization =
                    number.or(() -> org.flatMap(this::numberOf)).orElseGet(TestTokens::randomOrganization);
            return Map.entry(
                    organization.digits(), tokens.enterprise(common, organization, org, supplier, delegationSource));
        });
    }

    /// The generator signs for `platform` and `ttd`; we for any code, so that every app can be tried.
    private Reply platformAccess(Request request) {
        var given = new Parameters(request.query());
        Optional<String> app = given.required("app", matching(APP));
        String issuer = given.optional("org", matching(CODE)).orElse("platform");
        Duration life = life(given);
        return answer(request, given, () -> {
            String name = app.orElseThrow();
            return Map.entry(issuer + "/" + name, tokens.platformAccess(issuer, name, life));
        });
    }

    /// The number of a service owner that the register knows by its code.
    private Optional<OrganizationNumber> numberOf(String code) {
        return parties.findByCode(code)
                .map(Party::identifier)
                .filter(OrganizationNumber.class::isInstance)
                .map(OrganizationNumber.class::cast);
    }

    private Reply systemUser(Request request) {
        var given = new Parameters(request.query());
        TestTokens.Common common = common(given, Optional.of(""));
        Optional<UUID> id = given.required("systemUserId", TestTokensApi::uuid);
        OrganizationNumber customer =
                given.optional("systemUserOrg", OrganizationNumber::ofDigits).orElse(DIGDIR);
        OrganizationNumber vendor =
                given.optional("orgNo", OrganizationNumber::ofDigits).orElse(DIGDIR);
        Optional<OrganizationNumber> supplier = given.optional("supplierOrgNo", OrganizationNumber::ofDigits);
        return answer(request, given, () -> {
            UUID systemUser = id.orElseThrow();
            return Map.entry(systemUser.toString(), tokens.systemUser(common, systemUser, customer, vendor, supplier));
        });
    }

    private Reply personal(Request request) {
        var given = new Parameters(request.query());
        TestTokens.Common common = common(given, Optional.of("altinn:enduser"));
        Wanted wanted = wanted(given, "userName");
        int level = given.optional("authLvl", matching(Pattern.compile("[1-4]")))
                .map(Integer::parseInt)
                .orElse(3);
        Optional<OrganizationNumber> consumer = given.optional("consumerOrgNo", OrganizationNumber::ofDigits);
        String amr = given.optional("clientAmr", matching(ANY)).orElse("virksomhetssertifikat");
        return answer(request, given, () -> {
            TestTokens.Person person = known(wanted).orElseGet(() -> made(wanted));
            String name = person.number().map(NationalIdentityNumber::digits).orElse(person.userName());
            return Map.entry(name, tokens.personal(common, person, level, consumer, amr));
        });
    }

    private Reply selfIdentified(Request request) {
        var given = new Parameters(request.query());
        TestTokens.Common common = common(given, Optional.of("altinn:portal/enduser"));
        Wanted wanted = wanted(given, "username");
        return answer(request, given, () -> {
            TestTokens.Person person = made(wanted);
            return Map.entry(person.userName(), tokens.selfIdentified(common, person));
        });
    }

    private Reply emailUser(Request request) {
        var given = new Parameters(request.query());
        TestTokens.Common common = common(given, Optional.of("altinn:portal/enduser"));
        Optional<EmailUser> user =
                given.required("email", address -> EmailUser.parse("urn:altinn:person:idporten-email:" + address));
        Wanted wanted = wanted(given, "username");
        return answer(request, given, () -> {
            String email = user.orElseThrow().address();
            TestTokens.Person made = made(wanted);
            var person = new TestTokens.Person(
                    Optional.empty(), made.userId(), made.partyId(), made.partyUuid(), "epost:" + email);
            return Map.entry(email, tokens.emailUser(common, person, email));
        });
    }

    private static TestTokens.Common common(Parameters given, Optional<String> usualScopes) {
        Optional<String> scopes = usualScopes.isEmpty()
                ? given.required("scopes", matching(SCOPES))
                : given.optional("scopes", matching(SCOPES)).or(() -> usualScopes);
        return new TestTokens.Common(words(scopes.orElse("")), life(given), given.optional("clientId", matching(ANY)));
    }

    private static Duration life(Parameters given) {
        return given.optional("ttl", matching(SECONDS))
                .map(seconds -> Duration.ofSeconds(Integer.parseInt(seconds)))
                .orElse(LIFE);
    }

    private static Set<String> words(String scopes) {
        return Arrays.stream(scopes.split("[ ,]+"))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    /// What was asked of a person.
    private record Wanted(
            Optional<Integer> userId,
            Optional<Integer> partyId,
            Optional<UUID> partyUuid,
            Optional<NationalIdentityNumber> number,
            Optional<String> userName) {}

    private static Wanted wanted(Parameters given, String userNameParameter) {
        return new Wanted(
                given.optional("userId", TestTokensApi::integer),
                given.optional("partyId", TestTokensApi::integer),
                given.optional("partyuuid", TestTokensApi::uuid),
                given.optional("pid", NationalIdentityNumber::parse),
                given.optional(userNameParameter, matching(ANY)));
    }

    /// The registered person that was asked for by any of its numbers; anyone when nothing was asked.
    /// Empty when there is no such person, or when the numbers belong to different ones.
    private Optional<TestTokens.Person> known(Wanted wanted) {
        List<PartyRegister.Entry> fitting = parties.entries().stream()
                .filter(entry -> entry.party().identifier() instanceof NationalIdentityNumber
                        && entry.userId().isPresent())
                .filter(entry -> agrees(wanted.userId(), entry.userId().getAsInt())
                        && agrees(wanted.partyId(), entry.party().id())
                        && agrees(wanted.partyUuid(), entry.party().uuid())
                        && agrees(wanted.number(), entry.party().identifier()))
                .toList();
        if (fitting.isEmpty()) {
            return Optional.empty();
        }
        PartyRegister.Entry entry = fitting.get(ThreadLocalRandom.current().nextInt(fitting.size()));
        Party party = entry.party();
        int userId = entry.userId().orElseThrow();
        return Optional.of(new TestTokens.Person(
                Optional.of((NationalIdentityNumber) party.identifier()),
                userId,
                party.id(),
                party.uuid(),
                wanted.userName().orElse("user" + userId)));
    }

    private static boolean agrees(Optional<?> wanted, Object has) {
        return wanted.isEmpty() || wanted.get().equals(has);
    }

    /// A person whom nobody has registered; what was not asked for is random, or follows from what was.
    private static TestTokens.Person made(Wanted wanted) {
        var random = ThreadLocalRandom.current();
        int userId = wanted.userId().orElseGet(() -> random.nextInt(21_000_000, 30_000_000));
        int partyId = wanted.partyId().orElseGet(() -> random.nextInt(51_000_000, 60_000_000));
        return new TestTokens.Person(
                wanted.number(),
                userId,
                partyId,
                wanted.partyUuid().orElseGet(() -> Ids.derived("test person", Integer.toString(partyId))),
                wanted.userName().orElse("user" + userId));
    }

    private static Reply answer(Request request, Parameters given, Supplier<Map.Entry<String, String>> made) {
        Optional<Integer> bulk =
                given.optional("bulkCount", count -> integer(count).filter(n -> n >= 1 && n <= MAX_BULK));
        if (!given.errors.isEmpty()) {
            return Reply.json(400, Json.SPARSE, given.errors);
        }
        if (bulk.isPresent()) {
            var named = new LinkedHashMap<String, String>();
            for (int i = 0; i < bulk.get(); i++) {
                Map.Entry<String, String> one = made.get();
                named.put(one.getKey(), one.getValue());
            }
            return Reply.json(200, Json.SPARSE, named);
        }
        String token = made.get().getValue();
        boolean dump =
                request.query().first("dump").filter("true"::equalsIgnoreCase).isPresent();
        return Reply.text(200, Reply.TEXT, dump ? readable(token) : token);
    }

    private static String readable(String token) {
        var lines = new ArrayList<String>();
        for (String part : token.split("\\.", -1)) {
            lines.add(lines.size() < 2 ? new String(Base64.getUrlDecoder().decode(part), UTF_8) : part);
        }
        return String.join("\n", lines) + "\n";
    }

    private static Function<String, Optional<String>> matching(Pattern pattern) {
        return text -> pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    private static Optional<Integer> integer(String text) {
        return SECONDS.matcher(text).matches() ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Reads parameters, and gathers what is wrong with them.
    private static final class Parameters {

        private final QueryParameters query;
        private final Map<String, String> errors = new LinkedHashMap<>();

        Parameters(QueryParameters query) {
            this.query = query;
        }

        <T> Optional<T> required(String name, Function<String, Optional<T>> read) {
            if (query.first(name).filter(text -> !text.isEmpty()).isEmpty()) {
                errors.put(name, "Parameter must be supplied");
            }
            return optional(name, read);
        }

        <T> Optional<T> optional(String name, Function<String, Optional<T>> read) {
            Optional<String> text = query.first(name).filter(written -> !written.isEmpty());
            Optional<T> value = text.flatMap(read);
            if (text.isPresent() && value.isEmpty()) {
                errors.put(name, "Parameter was supplied with an invalid value");
            }
            return value;
        }
    }
}

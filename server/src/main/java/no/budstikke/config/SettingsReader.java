package no.budstikke.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import no.budstikke.config.Settings.Compatibility;
import no.budstikke.config.Settings.Credentials;
import no.budstikke.config.Settings.Database;
import no.budstikke.config.Settings.Delivery;
import no.budstikke.config.Settings.Events;
import no.budstikke.config.Settings.Http;
import no.budstikke.config.Settings.Identity;
import no.budstikke.config.Settings.Issuer;
import no.budstikke.config.Settings.Observe;
import no.budstikke.config.Settings.Profile;

/// The names, defaults and rules of all settings. Goes on after a bad value, so that all problems are
/// told at once.
final class SettingsReader {

    private static final String DURATION = "a duration such as 45s, 5m, 12h, 90d or PT45S, longer than nothing";
    private static final String HTTP_ADDRESS = "an http or https address without query";
    private static final URI NOWHERE = URI.create("");
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    /// The embedded PostgreSQL has 60 connections; some stay free for whoever looks into it.
    private static final int LARGEST_EMBEDDED_POOL = 50;

    /// Their values are not repeated in problems.
    private static final Set<String> SECRET_KEYS = Set.of("database.password", "database.url", "credentials.key");

    private static final int LEAST_KEY_BYTES = 32;
    private static final Duration SHORTEST_KEY_LIFETIME = Duration.ofDays(8);

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*");

    private final Given given;
    private final List<String> problems = new ArrayList<>();

    SettingsReader(Given given) {
        this.given = given;
    }

    Settings read() {
        Profile profile = one("profile", Profile.DEVELOPMENT, choice(Profile.class), "development or production");
        boolean development = profile == Profile.DEVELOPMENT;
        var settings = new Settings(
                profile,
                http(development),
                baseUrl(),
                one("data", Path.of("data"), SettingsReader::path, "a directory"),
                database(),
                events(development),
                new Compatibility(
                        flag("compatibility.rejectUnsupportedFilters", false),
                        flag("compatibility.serviceOwnerBypass", true)),
                identity(development),
                delivery(development),
                credentials(),
                observe(development));
        if (!development) {
            refuseUnsafe(settings);
        }
        var all = new ArrayList<>(given.unknown());
        all.addAll(problems);
        if (!all.isEmpty()) {
            throw new InvalidSettings(all);
        }
        return settings;
    }

    private Http http(boolean development) {
        return new Http(
                one(
                        "http.host",
                        development ? "127.0.0.1" : "0.0.0.0",
                        SettingsReader::word,
                        "a host name or an address"),
                Math.toIntExact(number("http.port", 8080, 0, 65_535)),
                number("http.maxBody", 30_000_000, 1, Integer.MAX_VALUE));
    }

    private String baseUrl() {
        return one(
                "baseUrl",
                "http://localhost:{port}",
                text -> httpAddress(text.replace("{port}", "1")).map(_ -> withoutSlash(text)),
                HTTP_ADDRESS);
    }

    private Database database() {
        String url = one(
                "database.url",
                "",
                text -> Optional.of(text).filter(written -> written.startsWith("jdbc:postgresql:")),
                "an address such as jdbc:postgresql://host:5432/budstikke");
        String user = one("database.user", "", SettingsReader::word, "a name");
        String password = one("database.password", "", SettingsReader::word, "a password");
        long poolSize = number("database.poolSize", 20, 2, 1_000);
        if (!url.isEmpty()) {
            return new Database(new Database.External(url, user, new Secret(password)), Math.toIntExact(poolSize));
        }
        if (given.value("database.url").isEmpty() && !(user + password).isEmpty()) {
            problems.add(
                    "database.user and database.password are only for an external database: set database.url, too.");
        }
        if (poolSize > LARGEST_EMBEDDED_POOL) {
            problems.add("database.poolSize must be at most %d with the embedded database, not %d."
                    .formatted(LARGEST_EMBEDDED_POOL, poolSize));
        }
        return new Database(new Database.Embedded(), Math.toIntExact(poolSize));
    }

    private Events events(boolean development) {
        List<URI> altinn =
                List.of(URI.create("https://platform.tt02.altinn.no"), URI.create("https://platform.altinn.no"));
        return new Events(
                one("events.notation", Events.Notation.PARTY, choice(Events.Notation.class), "party or urn"),
                flag("events.publishedToSender", true),
                duration("events.retention", "90d"),
                several(
                        "events.sourceAliases",
                        development ? altinn : List.of(),
                        scalar(text -> httpAddress(withoutSlash(text))),
                        HTTP_ADDRESS),
                several(
                        "events.appsDomains",
                        List.of("apps.altinn.no", "apps.tt02.altinn.no"),
                        scalar(SettingsReader::hostName),
                        "a host name such as apps.altinn.no"),
                new Events.Streams(
                        Math.toIntExact(number("events.streams.most", 1_000, 0, 100_000)),
                        duration("events.streams.heartbeat", "15s")));
    }

    private Identity identity(boolean development) {
        List<Settings.PlatformIssuer> platformIssuers = several(
                "identity.platformIssuers",
                List.of(),
                PlatformIssuers::read,
                "a tree with `issuer` and either `certificate`, a PEM file, or `jwksUri`");
        if (platformIssuers.stream()
                        .map(Settings.PlatformIssuer::issuer)
                        .distinct()
                        .count()
                < platformIssuers.size()) {
            problems.add("identity.platformIssuers names an issuer twice; a file may hold several certificates.");
        }
        return new Identity(
                flag("identity.embeddedIssuer", development),
                issuers(),
                platformIssuers,
                several(
                        "identity.privateApiIssuers",
                        List.of("platform"),
                        scalar(SettingsReader::word),
                        "the name of an issuer of platform access tokens"),
                one(
                        "identity.cookie",
                        "AltinnStudioRuntime",
                        text -> Optional.of(text).filter(name -> name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")),
                        "the name of a cookie"));
    }

    private List<Issuer> issuers() {
        return several(
                "identity.issuers",
                List.of(),
                SettingsReader::issuer,
                "an issuer's address, or a tree with `issuer` and at most one of `jwksUri` and `wellKnown`");
    }

    private Delivery delivery(boolean development) {
        return new Delivery(
                duration("delivery.timeout", "45s"),
                Math.toIntExact(number("delivery.concurrency", 64, 1, 10_000)),
                several(
                        "delivery.retrySchedule",
                        List.of("10s", "30s", "1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "12h").stream()
                                .flatMap(pause -> parseDuration(pause).stream())
                                .toList(),
                        scalar(SettingsReader::parseDuration),
                        DURATION),
                duration("delivery.disableAfter", "5d"),
                one(
                        "delivery.attemptRetention",
                        Duration.ofDays(30),
                        SettingsReader::parseDurationOrZero,
                        DURATION + ", or 0s"),
                flag("delivery.allowHttp", development),
                flag("delivery.allowLoopback", development));
    }

    private Credentials credentials() {
        Duration lifetime = duration("credentials.signingKeyLifetime", "90d");
        if (lifetime.compareTo(SHORTEST_KEY_LIFETIME) < 0) {
            problems.add("credentials.signingKeyLifetime must be 8d or more: a key signs along for 7d after its time.");
        }
        return new Credentials(
                new Secret(one(
                        "credentials.key",
                        Credentials.DEVELOPMENT_KEY,
                        SettingsReader::key,
                        "32 random bytes or more in base64, such as 'openssl rand -base64 32' makes")),
                lifetime);
    }

    private static Optional<String> key(String text) {
        try {
            return Optional.of(text).filter(written -> Base64.getDecoder().decode(written).length >= LEAST_KEY_BYTES);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Observe observe(boolean development) {
        return new Observe(
                one(
                        "metrics.port",
                        OptionalInt.empty(),
                        text -> port(text).map(OptionalInt::of),
                        "a whole number from 0 to 65535"),
                Optional.of(
                                one(
                                        "tracing.otlpEndpoint",
                                        NOWHERE,
                                        SettingsReader::httpAddress,
                                        "the http or https address of a collector's traces, such as http://collector:4318/v1/traces"))
                        .filter(endpoint -> !endpoint.equals(NOWHERE)),
                one("tracing.sampleRatio", 1.0, SettingsReader::ratio, "a number from 0 to 1"),
                one(
                        "log.format",
                        development ? Observe.LogFormat.TEXT : Observe.LogFormat.JSON,
                        choice(Observe.LogFormat.class),
                        "text or json"));
    }

    private static Optional<Integer> port(String text) {
        return text.matches("\\d{1,5}")
                ? Optional.of(Integer.parseInt(text)).filter(port -> port <= 65_535)
                : Optional.empty();
    }

    private static Optional<Double> ratio(String text) {
        return text.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?") ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    }

    private void refuseUnsafe(Settings settings) {
        refuseUnless(
                settings.baseUrl().startsWith("https://"),
                "baseUrl",
                "must be set to the https address that clients use, in production");
        refuseUnless(
                settings.database().place() instanceof Database.External,
                "database.url",
                "must be set in production: the embedded database is for development");
        refuseUnless(
                !settings.identity().embeddedIssuer(),
                "identity.embeddedIssuer",
                "must be false in production: it gives a token to whoever asks");
        refuseUnless(
                !settings.identity().issuers().isEmpty(),
                "identity.issuers",
                "must name at least one issuer in production");
        refuseUnless(
                settings.identity().issuers().stream().allMatch(SettingsReader::hasSafeKeys),
                "identity.issuers",
                "must all have their keys at https addresses in production");
        refuseUnless(
                settings.identity().platformIssuers().stream().allMatch(PlatformIssuers::hasSafeKeys),
                "identity.platformIssuers",
                "must all have a certificate, or their keys at https addresses, in production");
        refuseUnless(
                !settings.delivery().allowHttp(),
                "delivery.allowHttp",
                "must be false in production: events are only sent encrypted");
        refuseUnless(
                !settings.delivery().allowLoopback(),
                "delivery.allowLoopback",
                "must be false in production: subscribers must not reach this machine's own services");
        refuseUnless(
                !settings.credentials().key().value().equals(Credentials.DEVELOPMENT_KEY),
                "credentials.key",
                "must be set in production, to the same value on every node: subscribers' secrets are sealed with it");
    }

    private static boolean hasSafeKeys(Issuer issuer) {
        URI address = switch (issuer.keys()) {
            case Issuer.KeySet(URI jwksUri) -> jwksUri;
            case Issuer.Discovered(URI wellKnown) -> wellKnown;
        };
        return "https".equals(address.getScheme());
    }

    /// A key that already has a problem gets no second one: its value is a stand-in.
    private void refuseUnless(boolean safe, String key, String why) {
        if (!safe && problems.stream().noneMatch(problem -> problem.startsWith(key + " "))) {
            problems.add(key + " " + why + ".");
        }
    }

    private boolean flag(String key, boolean otherwise) {
        return one(
                key,
                otherwise,
                text -> Set.of("true", "false").contains(text) ? Optional.of(text.equals("true")) : Optional.empty(),
                "true or false");
    }

    private long number(String key, long otherwise, long least, long most) {
        return one(
                key,
                otherwise,
                text -> text.matches("\\d{1,18}")
                        ? Optional.of(Long.parseLong(text)).filter(number -> number >= least && number <= most)
                        : Optional.empty(),
                "a whole number from %d to %d".formatted(least, most));
    }

    private Duration duration(String key, String otherwise) {
        return one(key, parseDuration(otherwise).orElseThrow(), SettingsReader::parseDuration, DURATION);
    }

    private <T> T one(String key, T otherwise, Function<String, Optional<T>> parse, String expected) {
        return given.value(key)
                .flatMap(value -> {
                    Optional<T> parsed = scalar(parse).apply(value.node());
                    if (parsed.isEmpty()) {
                        problems.add(problem(key, value, expected, value.node()));
                    }
                    return parsed;
                })
                .orElse(otherwise);
    }

    /// A list in the file; elsewhere, or as the file's only one, texts separated by commas.
    private <T> List<T> several(
            String key, List<T> otherwise, Function<JsonNode, Optional<T>> parse, String expectedEach) {
        return given.value(key)
                .map(value -> {
                    List<T> parsed = new ArrayList<>();
                    for (JsonNode element : elements(value.node())) {
                        parse.apply(element)
                                .ifPresentOrElse(
                                        parsed::add,
                                        () -> problems.add(
                                                problem(key, value, "a list, each " + expectedEach, element)));
                    }
                    return List.copyOf(parsed);
                })
                .orElse(otherwise);
    }

    private static List<JsonNode> elements(JsonNode node) {
        if (node.isArray()) {
            return StreamSupport.stream(node.spliterator(), false).toList();
        }
        return Arrays.stream(node.asText().split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .<JsonNode>map(TextNode::valueOf)
                .toList();
    }

    private static <T> Function<JsonNode, Optional<T>> scalar(Function<String, Optional<T>> parse) {
        return node -> node.isValueNode() ? parse.apply(node.asText()) : Optional.empty();
    }

    private static String problem(String key, Given.Value value, String expected, JsonNode found) {
        String shown = SECRET_KEYS.contains(key) ? "the given text" : found.toString();
        String spelled = value.name().equals(key) ? "" : value.name() + " in ";
        return "%s (%s%s): expected %s, not %s.".formatted(key, spelled, value.where(), expected, shown);
    }

    private static <E extends Enum<E>> Function<String, Optional<E>> choice(Class<E> type) {
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
    }

    private static Optional<String> word(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    private static Optional<String> hostName(String text) {
        return Optional.of(text).filter(name -> HOST_NAME.matcher(name).matches());
    }

    private static Optional<Path> path(String text) {
        try {
            return word(text).map(Path::of);
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> parseDuration(String text) {
        return parseDurationOrZero(text).filter(Duration::isPositive);
    }

    private static Optional<Duration> parseDurationOrZero(String text) {
        Matcher brief = SHORT_DURATION.matcher(text);
        if (brief.matches()) {
            long amount = Long.parseLong(brief.group(1));
            Duration duration = switch (brief.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
            return Optional.of(duration);
        }
        try {
            return Optional.of(Duration.parse(text)).filter(duration -> !duration.isNegative());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    static Optional<URI> httpAddress(String text) {
        try {
            URI uri = new URI(text);
            boolean usable = ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            return usable ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }

    private static String withoutSlash(String address) {
        return address.replaceFirst("/+$", "");
    }

    private static Optional<Issuer> issuer(JsonNode node) {
        if (!node.isObject()) {
            return scalar(SettingsReader::httpAddress).apply(node).map(_ -> discovered(node.asText()));
        }
        var parts = new TreeMap<String, String>();
        node.properties()
                .forEach(part -> parts.put(
                        Given.camelCase(part.getKey()), part.getValue().asText()));
        Optional<URI> name = Optional.ofNullable(parts.remove("issuer")).flatMap(SettingsReader::httpAddress);
        if (name.isEmpty() || parts.size() > 1) {
            return Optional.empty();
        }
        String issuer = name.get().toString();
        if (parts.isEmpty()) {
            return Optional.of(discovered(issuer));
        }
        var keys = parts.firstEntry();
        return httpAddress(keys.getValue()).flatMap(address -> switch (keys.getKey()) {
            case "jwksUri" -> Optional.of(new Issuer(issuer, new Issuer.KeySet(address)));
            case "wellKnown" -> Optional.of(new Issuer(issuer, new Issuer.Discovered(address)));
            default -> Optional.empty();
        });
    }

    /// Where OpenID Connect puts the metadata. Maskinporten's are elsewhere: `wellKnown` names the
    /// place.
    private static Issuer discovered(String issuer) {
        return new Issuer(
                issuer, new Issuer.Discovered(URI.create(withoutSlash(issuer) + "/.well-known/openid-configuration")));
    }
}

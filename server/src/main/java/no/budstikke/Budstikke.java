package no.budstikke;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import no.budstikke.access.Access;
import no.budstikke.access.DecisionPoint;
import no.budstikke.config.Settings;
import no.budstikke.correspondence.CorrespondenceRoom;
import no.budstikke.credential.CredentialRoom;
import no.budstikke.database.Changes;
import no.budstikke.database.Database;
import no.budstikke.database.EmbeddedPostgres;
import no.budstikke.delivery.DeliveryRoom;
import no.budstikke.delivery.RetrySchedule;
import no.budstikke.development.ClockApi;
import no.budstikke.event.EventRoom;
import no.budstikke.event.Notation;
import no.budstikke.http.HttpServer;
import no.budstikke.http.OpenApiApi;
import no.budstikke.http.Reply;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.EmbeddedIssuer;
import no.budstikke.identity.PlatformAuthentication;
import no.budstikke.identity.PlatformIssuer;
import no.budstikke.identity.TestTokens;
import no.budstikke.identity.TestTokensApi;
import no.budstikke.identity.TokenVerifier;
import no.budstikke.identity.TrustedIssuer;
import no.budstikke.observe.LogLines;
import no.budstikke.observe.OtlpSpans;
import no.budstikke.observe.Spans;
import no.budstikke.owner.OwnerRoom;
import no.budstikke.party.PartiesApi;
import no.budstikke.party.PartyRegister;
import no.budstikke.party.PartyRoom;
import no.budstikke.pull.PullRoom;
import no.budstikke.resource.Resource;
import no.budstikke.resource.ResourceRegistry;
import no.budstikke.resource.ResourceRoom;
import no.budstikke.resource.ResourcesApi;
import no.budstikke.schedule.Timers;
import no.budstikke.subscription.EndpointRule;
import no.budstikke.subscription.SubscriptionRoom;
import no.budstikke.time.Ids;
import no.budstikke.time.MovableClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole server, put together by hand: the rooms are opened in the order in which data goes through
/// them, and closed in the reverse order.
public final class Budstikke implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Budstikke.class);

    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(2);
    /// Whatever changes in the database is told of. This is for the case that it was not.
    private static final Duration UNTOLD = Duration.ofSeconds(30);
    private static final Duration BREAK_OFF_STUCK_STREAMS = Duration.ofSeconds(10);
    private static final Duration EVENTS_CLOCK_SKEW = Duration.ofSeconds(10);
    private static final Duration MAINTAIN_PARTITIONS = Duration.ofHours(6);

    private final Settings settings;
    private final URI baseUrl;
    private final HttpServer door;
    private final Spans spans;
    private String metricsAddress;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Runnable> beforeStopping = new ArrayList<>();

    /// Starts the server; it takes requests when this returns.
    ///
    /// @throws no.budstikke.database.DataDirectoryInUse when another server works on the data directory
    /// @throws no.budstikke.database.EmbeddedPostgresFailed when the database can't be started
    /// @throws HttpServer.AddressInUse when another program has the port
    public static Budstikke start(Settings settings) {
        LogLines.write(
                switch (settings.observe().logFormat()) {
                    case TEXT -> LogLines.Format.TEXT;
                    case JSON -> LogLines.Format.JSON;
                });
        var http = settings.http();
        HttpServer door = HttpServer.listen(new HttpServer.Listen(http.host(), http.port(), http.maxBody()));
        var server = new Budstikke(settings, settings.baseUrl(door.port()), door);
        try {
            door.serve(server.open(), server.spans);
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private Budstikke(Settings settings, URI baseUrl, HttpServer door) {
        this.settings = settings;
        this.baseUrl = baseUrl;
        this.door = door;
        this.spans = keep(spans(settings.observe()));
        this.metricsAddress = baseUrl + "/metrics";
    }

    private Routes open() {
        boolean development = settings.profile() == Settings.Profile.DEVELOPMENT;
        var routes = new Routes();
        var clock = new MovableClock();
        var ids = new Ids(clock);
        Database database = keep(Database.connect(databaseAddress()));
        var changes = new Changes(database);

        PartyRegister parties = development ? PartyRoom.registerWithSynthetic(database) : PartyRoom.register(database);
        ResourceRegistry resources =
                development ? ResourceRoom.registryWithTestResources(database) : ResourceRoom.registry(database);
        var keyClient = keep(HttpClient.newHttpClient());
        List<TrustedIssuer> issuers = issuers(keyClient, clock);
        Optional<EmbeddedIssuer> embedded = settings.identity().embeddedIssuer()
                ? Optional.of(EmbeddedIssuer.open(settings.data(), baseUrl.toString()))
                : Optional.empty();
        embedded.ifPresent(own -> {
            issuers.add(own.trusted());
            own.addTo(routes);
            new TestTokensApi(new TestTokens(own, clock, ids), parties).addTo(routes);
        });
        var authentication = new Authentication(new TokenVerifier(issuers, Duration.ZERO, clock));
        // Events allows for clocks that are a little off, and takes a token from a cookie. Spec: events §8.1.
        var eventsTokens = new TokenVerifier(issuers, EVENTS_CLOCK_SKEW, clock);
        var eventsAuthentication = new Authentication(
                eventsTokens, List.of(".ALTINNTOKEN", settings.identity().cookie()));
        var platform = new PlatformAuthentication(
                new PlatformAuthentication.Trust(
                        platformIssuers(keyClient, clock),
                        embedded,
                        Set.copyOf(settings.identity().privateApiIssuers())),
                eventsAuthentication,
                clock);
        var access = new Access(
                new DecisionPoint(resources::policy, parties),
                parties,
                clock,
                settings.compatibility().serviceOwnerBypass());
        var timers = new Timers(database, clock);
        clock.onMoved(timers::lookAtTheClock);
        clock.onMoved(changes::tellAll);

        var events = keep(new EventRoom(
                new EventRoom.Neighbours(database, access, eventsAuthentication, platform, parties, clock, ids),
                new EventRoom.Setup(
                        baseUrl.toString(),
                        settings.events().retention(),
                        settings.delivery().attemptRetention(),
                        new EventRoom.Streams(
                                settings.events().streams().most(),
                                settings.events().streams().heartbeat()))));
        beforeStopping.add(events::endStreams);
        var subscriptions = new SubscriptionRoom(
                new SubscriptionRoom.Neighbours(
                        database,
                        access,
                        eventsAuthentication,
                        events.recentEvents(),
                        parties,
                        timers,
                        events.lookup(),
                        clock),
                new SubscriptionRoom.Setup(
                        baseUrl,
                        settings.events().sourceAliases(),
                        settings.events().appsDomains(),
                        settings.compatibility().rejectUnsupportedFilters(),
                        new EndpointRule(settings.delivery().allowHttp()),
                        id -> resources
                                .find(id)
                                .filter(Budstikke::isForCorrespondences)
                                .isPresent()));
        InstantSource wallClock = InstantSource.system();
        var credentials = new CredentialRoom(
                new CredentialRoom.Neighbours(database, authentication, subscriptions, timers, clock),
                new CredentialRoom.Setup(
                        settings.credentials().keyBytes(),
                        settings.credentials().signingKeyLifetime(),
                        new EndpointRule(settings.delivery().allowHttp()),
                        wallClock));
        var deliveries = new DeliveryRoom(
                database,
                events.log(),
                events.feed(),
                subscriptions.index(),
                subscriptions.markValidated(),
                subscriptions.markDisabled(),
                access,
                parties,
                timers,
                clock,
                ids,
                baseUrl.resolve("/events/api/v1/"),
                credentials,
                spans,
                new DeliveryRoom.Rules(
                        settings.delivery().timeout(),
                        settings.delivery().concurrency(),
                        new RetrySchedule(settings.delivery().retrySchedule()),
                        settings.delivery().disableAfter(),
                        settings.delivery().allowLoopback(),
                        settings.delivery().attemptRetention(),
                        wallClock));
        var pull = new PullRoom(new PullRoom.Neighbours(
                database,
                access,
                eventsAuthentication,
                parties,
                events.lookup(),
                events.watch(),
                subscriptions.index(),
                subscriptions.show(),
                subscriptions.cursors(),
                clock));
        var owner = new OwnerRoom(
                new OwnerRoom.Neighbours(
                        database,
                        changes,
                        access,
                        eventsAuthentication,
                        events.lookup(),
                        subscriptions.index(),
                        subscriptions.show(),
                        deliveries.redelivery(),
                        clock),
                baseUrl.toString());
        CorrespondenceRoom.open(
                new CorrespondenceRoom.Neighbours(
                        database,
                        clock,
                        ids,
                        parties,
                        resources,
                        authentication,
                        issuers,
                        access,
                        timers,
                        events.log()),
                new CorrespondenceRoom.Settings(
                        baseUrl.toString(), notation(), settings.events().publishedToSender()),
                routes);

        events.addRoutes(routes);
        new OpenApiApi().addRoutes(routes);
        subscriptions.addRoutes(routes);
        pull.addRoutes(routes);
        owner.addRoutes(routes);
        credentials.addRoutes(routes);
        subscriptions.addPrivateRoutes(routes, platform);
        new ResourcesApi(resources).addTo(routes);
        routes.add("GET", "/health", _ -> health(database));
        serveMetrics(
                routes,
                keep(new ServerMeters(new ServerMeters.Rooms(
                        database, events.figures(), subscriptions.index(), deliveries, access, eventsTokens))));
        if (development) {
            new PartiesApi(parties).addTo(routes);
            new ClockApi(clock).addRoutes(routes);
        }

        events.start();
        subscriptions.index().load();
        credentials.index().refresh();
        keep(deliveries).start();
        keep(owner).start();
        keep(timers).start();
        keep(new Housekeeping())
                .upon(changes, Changes.Topic.SUBSCRIPTION, UNTOLD, subscriptions.index()::refresh)
                .upon(changes, Changes.Topic.CREDENTIAL, UNTOLD, credentials.index()::refresh)
                .upon(changes, Changes.Topic.REGISTER, UNTOLD, () -> {
                    if (PartyRoom.refresh(database, parties)) {
                        subscriptions.index().partiesChanged();
                        access.policyChanged();
                    }
                })
                .upon(changes, Changes.Topic.REGISTER, UNTOLD, () -> {
                    if (ResourceRoom.refresh(database, resources)) {
                        access.policyChanged();
                    }
                })
                .upon(changes, Changes.Topic.REDELIVERY, UNTOLD, deliveries.redelivery()::notice)
                .every(BREAK_OFF_STUCK_STREAMS, events::breakOffStuckStreams)
                .every(MAINTAIN_PARTITIONS, events.partitions()::maintain)
                .every(MAINTAIN_PARTITIONS, events.traces()::maintain)
                .every(MAINTAIN_PARTITIONS, deliveries.attempts()::maintain);
        changes.on(Changes.Topic.NODE, deliveries::nodesChanged);
        clock.onMoved(deliveries::lookAtTheClock);
        keep(changes).start();
        return routes;
    }

    private static Spans spans(Settings.Observe observe) {
        return observe.otlpEndpoint()
                .<Spans>map(endpoint -> new OtlpSpans(new OtlpSpans.Export(endpoint, observe.sampleRatio(), version())))
                .orElse(Spans.OFF);
    }

    private static String version() {
        String version = Budstikke.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /// On the common port, unless they have one of their own.
    private void serveMetrics(Routes routes, ServerMeters meters) {
        OptionalInt port = settings.observe().metricsPort();
        if (port.isEmpty()) {
            routes.add("GET", "/metrics", _ -> meters.page());
            return;
        }
        HttpServer ownDoor = keep(HttpServer.listen(new HttpServer.Listen(
                settings.http().host(), port.getAsInt(), settings.http().maxBody())));
        ownDoor.serve(new Routes().add("GET", "/metrics", _ -> meters.page()));
        metricsAddress = "http://" + settings.http().host() + ":" + ownDoor.port() + "/metrics";
    }

    /// Spec: events §2.1.
    private static Reply health(Database database) {
        return database.answers(HEALTH_PATIENCE)
                ? Reply.text(200, Reply.TEXT, "Healthy")
                : Reply.text(503, Reply.TEXT, "Unhealthy");
    }

    private static boolean isForCorrespondences(Resource resource) {
        return resource.type().equals("CorrespondenceService");
    }

    private Notation notation() {
        return switch (settings.events().notation()) {
            case PARTY -> Notation.PARTY;
            case URN -> Notation.URN;
        };
    }

    private Database.Address databaseAddress() {
        int poolSize = settings.database().poolSize();
        return switch (settings.database().place()) {
            case Settings.Database.Embedded _ -> {
                EmbeddedPostgres postgres = keep(EmbeddedPostgres.start(settings.data()));
                yield new Database.Address(postgres.jdbcUrl(), postgres.user(), postgres.password(), poolSize);
            }
            case Settings.Database.External external ->
                new Database.Address(
                        external.url(), external.user(), external.password().value(), poolSize);
        };
    }

    private List<PlatformIssuer> platformIssuers(HttpClient client, MovableClock clock) {
        return settings.identity().platformIssuers().stream()
                .map(issuer -> switch (issuer.keys()) {
                    case Settings.PlatformIssuer.Certified(var keys) -> PlatformIssuer.withKeys(issuer.issuer(), keys);
                    case Settings.PlatformIssuer.Published(URI address) ->
                        PlatformIssuer.elsewhere(issuer.issuer(), address, client, clock);
                })
                .toList();
    }

    private List<TrustedIssuer> issuers(HttpClient client, MovableClock clock) {
        var issuers = new ArrayList<TrustedIssuer>();
        for (Settings.Issuer issuer : settings.identity().issuers()) {
            URI address = switch (issuer.keys()) {
                case Settings.Issuer.KeySet keys -> keys.jwksUri();
                case Settings.Issuer.Discovered keys -> keys.wellKnown();
            };
            issuers.add(TrustedIssuer.elsewhere(
                    issuer.issuer(),
                    TrustedIssuer.Kind.of(issuer.issuer()),
                    TrustedIssuer.ALGORITHMS,
                    address,
                    client,
                    clock));
        }
        return issuers;
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /// The address that clients use, without a slash at the end.
    public String address() {
        return baseUrl.toString();
    }

    /// What whoever started the server should know, a line each.
    public List<String> introduction() {
        return settings.profile() == Settings.Profile.PRODUCTION
                ? List.of()
                : List.of(
                        "Development profile: test tokens for everybody, synthetic parties, webhooks to this machine, a clock that can be moved.",
                        "  data            " + settings.data().toAbsolutePath().normalize(),
                        "  test tokens     " + baseUrl
                                + "/api/GetEnterpriseToken?env=dev&org=ttd&orgNo=991825827&scopes=altinn:serviceowner",
                        "  parties         " + baseUrl + "/api/parties",
                        "  correspondence  " + baseUrl + "/correspondence/api/v1/correspondence",
                        "  events          " + baseUrl + "/events/api/v1/",
                        "  metrics         " + metricsAddress,
                        "  clock           " + baseUrl + "/development/clock");
    }

    /// Takes no more requests, lets what is under way end, and closes the rooms in the reverse order.
    @Override
    public void close() {
        beforeStopping.forEach(Runnable::run);
        door.close();
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("could not close everything in good order", e);
            }
        }
    }
}

package no.budstikke.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Everything that can be set. A source that is named later wins: `budstikke.yaml`, the environment
/// (`BUDSTIKKE_DATABASE_URL` is `database.url`), the command line.
///
/// @param baseUrl the address that clients use, without a slash at the end; `{port}` stands for the port
/// @param data where everything lies that is not in the database; the embedded database, too
public record Settings(
        Profile profile,
        Http http,
        String baseUrl,
        Path data,
        Database database,
        Events events,
        Compatibility compatibility,
        Identity identity,
        Delivery delivery,
        Credentials credentials,
        Observe observe) {

    /// The file that is read when there is one in the working directory.
    public static final String FILE_NAME = "budstikke.yaml";

    public enum Profile {
        DEVELOPMENT,
        PRODUCTION
    }

    /// Where requests are taken.
    ///
    /// @param port 0 takes any free one
    /// @param maxBody bytes in the body of a request
    public record Http(String host, int port, long maxBody) {}

    public record Database(Place place, int poolSize) {

        public sealed interface Place {}

        /// A PostgreSQL of our own in the data directory.
        public record Embedded() implements Place {}

        /// Somebody else's PostgreSQL.
        ///
        /// @param user empty: the URL says it, or the driver's default
        /// @param password empty: the URL says it, or none is needed
        public record External(String url, String user, Secret password) implements Place {}
    }

    /// What is published, how, and for how long it is kept.
    ///
    /// @param sourceAliases base addresses, without a slash at the end, whose events' sources are read
    ///     as our own
    /// @param appsDomains host names under which apps live: a source filter there is one on an app
    public record Events(
            Notation notation,
            boolean publishedToSender,
            Duration retention,
            List<URI> sourceAliases,
            List<String> appsDomains,
            Streams streams) {

        public Events {
            sourceAliases = List.copyOf(sourceAliases);
            appsDomains = List.copyOf(appsDomains);
        }

        /// Streams of events.
        ///
        /// @param most how many may be open at once
        /// @param heartbeat how often a comment is sent to one that has nothing else to say
        public record Streams(int most, Duration heartbeat) {}

        /// How parties and types are spelled in events: as in the document that started the project, or
        /// as Altinn does in 2026.
        public enum Notation {
            PARTY,
            URN
        }
    }

    public record Compatibility(boolean rejectUnsupportedFilters, boolean serviceOwnerBypass) {}

    /// Who is believed.
    ///
    /// @param platformIssuers who signs platform access tokens
    /// @param privateApiIssuers whose platform access tokens open the private endpoints
    /// @param cookie besides `.ALTINNTOKEN`, the name of a cookie whose value is a bearer token
    public record Identity(
            boolean embeddedIssuer,
            List<Issuer> issuers,
            List<PlatformIssuer> platformIssuers,
            List<String> privateApiIssuers,
            String cookie) {

        public Identity {
            issuers = List.copyOf(issuers);
            platformIssuers = List.copyOf(platformIssuers);
            privateApiIssuers = List.copyOf(privateApiIssuers);
        }
    }

    /// Somebody whose platform access tokens are accepted.
    ///
    /// @param issuer `platform`, or the code of an organisation that runs apps, such as `ttd`
    public record PlatformIssuer(String issuer, SigningKeys keys) {

        public sealed interface SigningKeys {}

        /// The keys of the certificates in a PEM file.
        public record Certified(List<PublicKey> keys) implements SigningKeys {

            public Certified {
                keys = List.copyOf(keys);
            }
        }

        /// The key set is at this address.
        public record Published(URI jwksUri) implements SigningKeys {}
    }

    /// Somebody else whose tokens are accepted.
    ///
    /// @param issuer exactly as tokens name it in `iss`
    public record Issuer(String issuer, Keys keys) {

        public sealed interface Keys {}

        /// The key set is at this address.
        public record KeySet(URI jwksUri) implements Keys {}

        /// A metadata document at this address names the key set.
        public record Discovered(URI wellKnown) implements Keys {}
    }

    /// How events are pushed to their subscribers.
    ///
    /// @param timeout for one attempt
    /// @param concurrency attempts under way to one endpoint at the most
    /// @param retrySchedule pauses after the first attempt, the second, …; after the last one no more is
    ///     tried
    /// @param disableAfter a subscription that has got nothing but failures for so long is disabled
    /// @param attemptRetention how long attempts can be looked up; zero: none are kept
    public record Delivery(
            Duration timeout,
            int concurrency,
            List<Duration> retrySchedule,
            Duration disableAfter,
            Duration attemptRetention,
            boolean allowHttp,
            boolean allowLoopback) {

        public Delivery {
            retrySchedule = List.copyOf(retrySchedule);
        }
    }

    /// What deliveries are signed with, and what endpoints ask of us.
    ///
    /// @param key what secrets are sealed with in the database: base64 of 32 bytes or more, the same on
    ///     every node
    /// @param signingKeyLifetime how old this server's own signing key grows before there is a new one
    public record Credentials(Secret key, Duration signingKeyLifetime) {

        /// Known to all, hence for development alone.
        static final String DEVELOPMENT_KEY =
                Base64.getEncoder().encodeToString("for development only, and known to all".getBytes(UTF_8));

        /// The key's bytes.
        public byte[] keyBytes() {
            return Base64.getDecoder().decode(key.value());
        }
    }

    /// What operators see of the running server.
    ///
    /// @param metricsPort a port of its own for the metrics; empty: they are on the common one
    /// @param otlpEndpoint where spans are sent to; empty: nowhere
    /// @param sampleRatio how many of the traces that begin here are sent, 0 … 1
    public record Observe(
            OptionalInt metricsPort, Optional<URI> otlpEndpoint, double sampleRatio, LogFormat logFormat) {

        public enum LogFormat {
            TEXT,
            JSON
        }
    }

    /// The base address once the port is known, which may have been chosen by the system.
    public URI baseUrl(int port) {
        return URI.create(baseUrl.replace("{port}", Integer.toString(port)));
    }

    /// Reads `budstikke.yaml` in the working directory, if there is one, under the environment and the
    /// command line.
    ///
    /// @param commandLine by dotted key, such as `http.port`
    /// @throws InvalidSettings when a key is unknown, or a value bad, or missing, or unsafe in
    ///     production
    public static Settings inDirectory(
            Path workingDirectory, Map<String, String> environment, Map<String, String> commandLine) {
        return new SettingsReader(Given.inDirectory(workingDirectory, environment, commandLine)).read();
    }

    /// As [#inDirectory], but from this file, which must be there.
    public static Settings inFile(Path file, Map<String, String> environment, Map<String, String> commandLine) {
        return new SettingsReader(Given.inFile(file, environment, commandLine)).read();
    }
}

package no.budstikke.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A running Budstikke: a process that was started here, or one at an external address. Closing it ends
/// the process and its PostgreSQL and deletes temporary directories; so does the end of this JVM.
public final class Budstikke implements AutoCloseable {

    /// System property: the runnable jar. Otherwise `server/target/budstikke.jar` is looked for here and
    /// in every folder above.
    public static final String JAR_PROPERTY = "budstikke.jar";

    /// System property: the address of a server that runs already and shall be used by [#shared()].
    public static final String ADDRESS_PROPERTY = "budstikke.address";

    /// System property: options for the JVM of every server that is started here, separated by spaces. A
    /// builder's own come after them, and so win.
    public static final String JAVA_OPTIONS_PROPERTY = "budstikke.javaOptions";

    private static final Set<Budstikke> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Budstikke::endAtOnce)));
    }

    private final @Nullable Launch launch;
    private volatile @Nullable ServerProcess process;
    private volatile URI address;
    private volatile Api api;
    private volatile Tokens tokens;
    private volatile boolean paused;

    private Budstikke(Launch launch) {
        this.launch = launch;
        RUNNING.add(this);
        try {
            ServerProcess started = launch.start();
            process = started;
            address = started.awaitReady(launch.patience());
        } catch (RuntimeException e) {
            endAtOnce();
            throw e;
        }
        api = new Api(address);
        tokens = new Tokens(api);
    }

    private Budstikke(URI address) {
        this.launch = null;
        this.address = address;
        this.api = new Api(address);
        this.tokens = new Tokens(api);
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Starts a server of its own with default settings and a temporary data directory.
    public static Budstikke start() {
        return builder().start();
    }

    /// Uses a server that others start and end.
    public static Budstikke attach(String address) {
        return new Budstikke(URI.create(address.endsWith("/") ? address.substring(0, address.length() - 1) : address));
    }

    /// The server that the system property [#ADDRESS_PROPERTY] names, else a new one with default
    /// settings.
    public static Budstikke shared() {
        String address = System.getProperty(ADDRESS_PROPERTY);
        return address == null ? start() : attach(address);
    }

    /// Such as `http://localhost:8080`, without a slash at its end.
    public String baseUrl() {
        return address.toString();
    }

    /// A client without a token.
    public Api api() {
        return api;
    }

    public Api as(String token) {
        return api.as(token);
    }

    public Tokens tokens() {
        return tokens;
    }

    /// Whether somebody else started the server; it has no process, output and directories here, then.
    public boolean isExternal() {
        return launch == null;
    }

    public long pid() {
        return process().pid();
    }

    public boolean isAlive() {
        return process().isAlive();
    }

    /// The last 1000 lines of standard output and error.
    public List<String> output() {
        return process().output();
    }

    public Path dataDirectory() {
        return launch().workspace().data();
    }

    /// The process id of the embedded PostgreSQL, from its pid file.
    public long postgresPid() {
        return launch().workspace()
                .postgresPid()
                .orElseThrow(() -> new IllegalStateException("No PostgreSQL runs in " + dataDirectory()));
    }

    /// SIGKILL to the server alone; returns when it is gone. Its PostgreSQL is left as it is.
    public void kill() {
        process().kill();
    }

    /// SIGSTOP: the process does nothing at all until [#resume]. Its connections stay open.
    public void pause() {
        process().signal("STOP");
        paused = true;
    }

    /// SIGCONT: the process goes on, and finds that time has passed.
    public void resume() {
        paused = false;
        process().signal("CONT");
    }

    /// SIGTERM; returns the exit code when the process is gone, and fails if that takes longer than the
    /// builder's patience.
    public int terminate() {
        return process().terminate(launch().patience());
    }

    /// Starts the server again with the same settings, data directory and `--port`, after ending it
    /// properly if it still runs. With port 0 its address changes: ask [#baseUrl()] and [#api()] again.
    public void restart() {
        if (process().isAlive()) {
            terminate();
        }
        ServerProcess started = launch().start();
        process = started;
        address = started.awaitReady(launch().patience());
        api = new Api(address);
        tokens = new Tokens(api);
    }

    @Override
    public void close() {
        if (launch == null || !RUNNING.contains(this)) {
            return;
        }
        try {
            if (process().isAlive()) {
                if (paused) {
                    resume();
                }
                terminate();
            }
        } finally {
            endAtOnce();
        }
    }

    private void endAtOnce() {
        ServerProcess running = process;
        if (running != null) {
            running.kill();
        }
        if (launch != null) {
            launch.workspace().endPostgres();
            launch.workspace().delete();
        }
        RUNNING.remove(this);
    }

    private ServerProcess process() {
        ServerProcess known = process;
        if (known == null) {
            throw new IllegalStateException("The server at " + address + " was not started here");
        }
        return known;
    }

    private Launch launch() {
        if (launch == null) {
            throw new IllegalStateException("The server at " + address + " was not started here");
        }
        return launch;
    }

    @Override
    public String toString() {
        return "Budstikke at " + address;
    }

    /// What is needed to start the process, once and again.
    private record Launch(
            List<String> command, Map<String, String> environment, Workspace workspace, Duration patience) {

        ServerProcess start() {
            var builder = new ProcessBuilder(command);
            builder.environment().keySet().removeIf(name -> name.startsWith("BUDSTIKKE_"));
            builder.environment().putAll(environment);
            return ServerProcess.start(builder);
        }
    }

    /// How to start a server.
    public static final class Builder {

        private final ObjectNode settings = Json.MAPPER.createObjectNode();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> javaOptions = new ArrayList<>();
        private final List<String> flags = new ArrayList<>();
        private Optional<Path> jar = Optional.empty();
        private Optional<Path> dataDirectory = Optional.empty();
        private Duration patience = Duration.ofSeconds(60);
        private int port = 0;

        private Builder() {}

        /// A setting as `budstikke.yaml` has it, its key written with dots, such as `events.notation`.
        public Builder setting(String key, Object value) {
            String[] names = key.split("\\.", -1);
            ObjectNode parent = settings;
            for (int i = 0; i < names.length - 1; i++) {
                parent = parent.withObjectProperty(names[i]);
            }
            parent.putPOJO(names[names.length - 1], value);
            return this;
        }

        /// A variable for the process. Variables of this JVM that begin with `BUDSTIKKE_` are not handed
        /// on.
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /// An option for the JVM, such as `-Xmx256m`.
        public Builder javaOption(String option) {
            javaOptions.add(option);
            return this;
        }

        /// Further words of the command line, after `serve --port … --data …`.
        public Builder flags(String... words) {
            flags.addAll(List.of(words));
            return this;
        }

        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /// A data directory that is kept when the server is closed; otherwise it is a temporary one.
        public Builder dataDirectory(Path path) {
            dataDirectory = Optional.of(path.toAbsolutePath());
            return this;
        }

        public Builder jar(Path path) {
            jar = Optional.of(path);
            return this;
        }

        /// How long a start, and how long an orderly end may take; 60 seconds unless told otherwise.
        public Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /// Starts the process and waits for its ready line. An [IllegalStateException] shows the last
        /// output if none comes.
        public Budstikke start() {
            Path runnable = jar.orElseGet(Builder::findJar);
            Workspace workspace = Workspace.create(dataDirectory);
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            new StringTokenizer(System.getProperty(JAVA_OPTIONS_PROPERTY, ""))
                    .asIterator()
                    .forEachRemaining(option -> command.add((String) option));
            command.addAll(javaOptions);
            command.addAll(List.of("-jar", runnable.toString(), "serve", "--port", Integer.toString(port)));
            command.addAll(List.of("--data", workspace.data().toString()));
            if (!settings.isEmpty()) {
                command.addAll(
                        List.of("--config", writeSettings(workspace.temporary()).toString()));
            }
            command.addAll(flags);
            return new Budstikke(new Launch(List.copyOf(command), Map.copyOf(environment), workspace, patience));
        }

        /// JSON is YAML too.
        private Path writeSettings(Path directory) {
            try {
                return Files.writeString(directory.resolve("budstikke.yaml"), Json.write(settings));
            } catch (IOException e) {
                throw new UncheckedIOException("The settings could not be written to " + directory, e);
            }
        }

        private static Path findJar() {
            String named = System.getProperty(JAR_PROPERTY);
            if (named != null) {
                Path path = Path.of(named).toAbsolutePath().normalize();
                if (!Files.isRegularFile(path)) {
                    throw new IllegalStateException("System property " + JAR_PROPERTY + " names no file: " + path);
                }
                return path;
            }
            Path here = Path.of("").toAbsolutePath();
            for (Path folder = here; folder != null; folder = folder.getParent()) {
                Path candidate = folder.resolve("server/target/budstikke.jar");
                if (Files.isRegularFile(candidate)) {
                    return candidate;
                }
            }
            throw new IllegalStateException("No server/target/budstikke.jar in " + here
                    + " or a folder above: build the server, or set the system property " + JAR_PROPERTY);
        }
    }
}

package no.budstikke.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import no.budstikke.Budstikke;
import no.budstikke.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `budstikke serve`: runs until it is told to stop.
@Command(name = "serve", description = "Runs the server.", mixinStandardHelpOptions = true, sortOptions = false)
final class ServeCommand implements Callable<Integer> {

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 for any free one (default: 8080).")
    private @Nullable String port;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the data is kept (default: ./data).")
    private @Nullable String data;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings file (default: budstikke.yaml in the working directory, if there is one).")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other setting, such as --set events.notation=urn. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Budstikke server = Budstikke.start(settings());
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> {
                    server.close();
                    stopped.countDown();
                },
                "shutdown"));
        PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        server.introduction().forEach(out::println);
        out.println("Budstikke is ready: " + server.address());
        out.flush();
        stopped.await();
        return 0;
    }

    private Settings settings() {
        var commandLine = new LinkedHashMap<>(set);
        if (port != null) {
            commandLine.put("http.port", port);
        }
        if (data != null) {
            commandLine.put("data", data);
        }
        return config == null
                ? Settings.inDirectory(Path.of(""), System.getenv(), commandLine)
                : Settings.inFile(config, System.getenv(), commandLine);
    }
}

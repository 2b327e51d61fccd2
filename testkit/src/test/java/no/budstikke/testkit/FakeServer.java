package no.budstikke.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// Behaves towards the testkit as the server does: command line, ready line, a process named `postgres`
/// with its pid file, and the end on SIGTERM. It answers each request with what was asked.
final class FakeServer {

    private FakeServer() {}

    public static void main(String[] args) throws Exception {
        List<String> words = List.of(args);
        System.out.println("arguments: " + words);
        System.out.println(
                "variables: FAKE=" + System.getenv("FAKE") + " BUDSTIKKE_PORT=" + System.getenv("BUDSTIKKE_PORT"));
        if (words.contains("--fail")) {
            System.err.println("budstikke: events.notation: must be party or urn");
            System.exit(3);
        }
        if (words.contains("--silent")) {
            Thread.sleep(Duration.ofMinutes(1));
        }
        if (words.contains("--config")) {
            System.out.println("settings: " + Files.readString(Path.of(words.get(words.indexOf("--config") + 1))));
        }
        Path postgresql = Files.createDirectories(Path.of(words.get(words.indexOf("--data") + 1), "postgresql"));
        Process postgres = startPostgres(postgresql);
        Path pidFile = postgresql.resolve("postmaster.pid");
        Files.writeString(pidFile, postgres.pid() + "\n" + postgresql + "\n");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            postgres.destroyForcibly();
            pidFile.toFile().delete();
        }));

        int port = Integer.parseInt(words.get(words.indexOf("--port") + 1));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", FakeServer::echo);
        server.start();
        System.out.println(
                "Budstikke is ready: http://localhost:" + server.getAddress().getPort());
    }

    /// A copy of `sleep` that inherits our output, as PostgreSQL does.
    private static Process startPostgres(Path directory) throws IOException {
        Path binary = directory.resolve("postgres");
        if (!Files.exists(binary)) {
            Files.copy(Path.of("/bin/sleep"), binary, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return new ProcessBuilder(binary.toString(), "600").inheritIO().start();
    }

    private static void echo(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String answer = "%s %s\nauthorization: %s\ncontent-type: %s\n%s"
                .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestHeaders().getFirst("Content-Type"),
                        body);
        byte[] bytes = answer.getBytes(UTF_8);
        exchange.getResponseHeaders().add("X-Fake", "yes");
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /// Packs this class into a runnable jar.
    static Path jar(Path directory) throws IOException {
        Path jar = directory.resolve("fake.jar");
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeServer.class.getName());
        String entry = FakeServer.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var in = FakeServer.class.getClassLoader().getResourceAsStream(entry)) {
            out.putNextEntry(new JarEntry(entry));
            if (in != null) {
                in.transferTo(out);
            }
            out.closeEntry();
        }
        return jar;
    }
}

package no.budstikke.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `budstikke token`: asks a running server in development for a test token and prints it.
@Command(
        name = "token",
        description = "Prints a test token of a running server in development.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  budstikke token --org ttd --scope altinn:serviceowner --scope altinn:correspondence.write",
            "  budstikke token --org 123456789 --scope \"altinn:correspondence.read altinn:events.subscribe\"",
            "  budstikke token --person 01879912345 --scope altinn:correspondence.read"
        })
final class TokenCommand implements Callable<Integer> {

    @ArgGroup(exclusive = true, multiplicity = "1")
    private @Nullable Who who;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            required = true,
            description = "Scope, or several separated by spaces. May be repeated.")
    private List<String> scopes = new ArrayList<>();

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "The server (default: ${DEFAULT-VALUE}).")
    private String url = "";

    @Option(
            names = "--ttl",
            paramLabel = "SECONDS",
            defaultValue = "1800",
            description = "How long the token holds (default: ${DEFAULT-VALUE}).")
    private int ttl;

    @Spec
    private @Nullable CommandSpec spec;

    private static final class Who {

        @Option(
                names = "--org",
                paramLabel = "CODE|NUMBER",
                description = "A service owner by its code, such as ttd, or an organisation by its number.")
        private @Nullable String org;

        @Option(names = "--person", paramLabel = "NUMBER", description = "A person by national identity number.")
        private @Nullable String person;
    }

    @Override
    public Integer call() throws InterruptedException {
        String token = ask(URI.create(url + path(Objects.requireNonNull(who))));
        Objects.requireNonNull(spec).commandLine().getOut().println(token);
        return 0;
    }

    private String path(Who who) {
        String common = "?env=dev&ttl=" + ttl + "&scopes=" + encoded(String.join(" ", scopes));
        if (who.person != null) {
            return "/api/GetPersonalToken" + common + "&pid=" + encoded(who.person);
        }
        String org = Objects.requireNonNull(who.org);
        return "/api/GetEnterpriseToken" + common + (org.matches("\\d{9}") ? "&orgNo=" : "&org=") + encoded(org);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private String ask(URI address) throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            return switch (answer.statusCode()) {
                case 200 -> answer.body();
                case 404 -> throw new CommandFailed("the server at " + url + " gives no test tokens: it has no embedded issuer");
                default -> throw new CommandFailed("the server at " + url + " refused: " + answer.body());
            };
        } catch (IOException e) {
            throw new CommandFailed("no server answers at " + url + "; start one with: budstikke serve", e);
        }
    }
}

package no.budstikke.cli;

import picocli.CommandLine.Option;

/// Which server a command speaks to.
final class ServerOption {

    @Option(
            names = {"--url", "--address"},
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "The server (default: ${DEFAULT-VALUE}).")
    private String url = "";

    RemoteServer connect() {
        return new RemoteServer(url);
    }
}

package no.budstikke.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command opens its own webhook, and where the server finds that.
final class WebhookOption {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "The port that this command opens on 127.0.0.1 (default: any free one).")
    private int port;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "The address at which the server reaches that port, such as one of a tunnel or a proxy "
                    + "(default: http://localhost:PORT/webhook).")
    private @Nullable String endPoint;

    /// 0 for any free one.
    int port() {
        return port;
    }

    /// What the server is told.
    String addressOf(OwnWebhook webhook) {
        return endPoint != null ? endPoint : "http://localhost:" + webhook.port() + "/webhook";
    }
}

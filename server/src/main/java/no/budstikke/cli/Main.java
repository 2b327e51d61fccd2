package no.budstikke.cli;

import no.budstikke.config.InvalidSettings;
import no.budstikke.database.DataDirectoryInUse;
import no.budstikke.database.DatabaseUnusable;
import no.budstikke.database.EmbeddedPostgresFailed;
import no.budstikke.http.HttpServer;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/// Entry of the program. Exit codes: 0 done, 1 it could not be done, 2 the command line or a setting is
/// wrong.
@Command(
        name = "budstikke",
        description = "A messaging and event service, wire-compatible with Altinn 3 Correspondence and Altinn Events.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            TokenCommand.class,
            TriggerCommand.class,
            ListenCommand.class,
            VerifyCommand.class
        })
public final class Main {

    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private Main() {}

    public static void main(String[] args) {
        // Helidon and Flyway log through java.util.logging; everything goes one way.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler(Main::failed);
    }

    /// A mistake of the user is told in one line; anything else is our bug and shows where it happened.
    private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
        return switch (failure) {
            case InvalidSettings _ -> tell(failure, command, WRONG);
            case DataDirectoryInUse _,
                    EmbeddedPostgresFailed _,
                    DatabaseUnusable _,
                    HttpServer.AddressInUse _,
                    CommandFailed _ -> tell(failure, command, FAILED);
            default -> {
                failure.printStackTrace(command.getErr());
                yield FAILED;
            }
        };
    }

    private static int tell(Exception failure, CommandLine command, int exitCode) {
        command.getErr().println("budstikke: " + failure.getMessage());
        return exitCode;
    }

    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"budstikke " + (version == null ? "(unpackaged)" : version)};
        }
    }
}

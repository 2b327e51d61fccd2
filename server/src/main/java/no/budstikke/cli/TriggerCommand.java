package no.budstikke.cli;

import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.time.Ids;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `budstikke trigger`: publishes a made-up event of a correspondence, so that a receiver can be tried
/// without sending anything.
@Command(
        name = "trigger",
        description = {
            "Publishes a made-up but valid correspondence event into a running server. Whoever subscribes to such events "
                    + "gets it, as if a correspondence had caused it; no correspondence is made.",
            "Against a server in development the token is had from the server itself; elsewhere give one with --token."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  budstikke trigger Published",
            "  budstikke trigger no.altinn.correspondence.correspondencereceiverread --party 310000018",
            "  budstikke trigger ReceiverConfirmed --resource altinn-correspondence-test-resource-2 --count 10",
            "  budstikke trigger --list"
        })
final class TriggerCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "TYPE",
            description = "Which event: Published or correspondencepublished, with or without "
                    + "\"no.altinn.correspondence.\" before it, in any case. See --list.")
    private @Nullable String type;

    @Option(names = "--list", description = "Lists the types in both spellings, and publishes nothing.")
    private boolean list;

    @Option(
            names = "--resource",
            paramLabel = "ID",
            defaultValue = "altinn-correspondence-test-resource-1",
            description = "The resource's id (default: ${DEFAULT-VALUE}).")
    private String resource = "";

    @Option(
            names = "--party",
            paramLabel = "NUMBER",
            defaultValue = "123456789",
            description = "Whom the event is about: an organisation number, a national identity number or a URN "
                    + "(default: ${DEFAULT-VALUE}).")
    private String party = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many events, each of another correspondence unless --instance is given "
                    + "(default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--instance",
            paramLabel = "UUID",
            description = "The correspondence's id: the event's resourceinstance (default: random).")
    private @Nullable UUID instance;

    @Option(
            names = "--notation",
            paramLabel = "party|urn",
            description = "How parties and types are spelled (default: as TYPE is spelled, \"party\" for Published, "
                    + "\"urn\" for correspondencepublished).")
    private @Nullable String notation;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token with the scope altinn:events.publish of somebody who may publish for the resource "
                    + "(default: a test token of service owner ttd).")
    private @Nullable String token;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        if (list) {
            for (CorrespondenceEventType one : CorrespondenceEventType.values()) {
                out.printf("%-32s %s%n", shortName(one, Notation.PARTY), one.in(Notation.URN));
            }
            return 0;
        }
        if (type == null) {
            throw new ParameterException(command.commandLine(), "Which TYPE? See: budstikke trigger --list");
        }
        if (count < 1) {
            throw new ParameterException(command.commandLine(), "--count must be at least 1, not " + count);
        }
        CorrespondenceEventType asked = asked(command, type);
        Notation spelled = notation(command, asked, type);
        try (RemoteServer remote = server.connect()) {
            publish(out, remote, asked, spelled);
        }
        return 0;
    }

    private static CorrespondenceEventType asked(CommandSpec command, String written) {
        String prefix = CorrespondenceEventType.PREFIX;
        return CorrespondenceEventType.parse(written)
                .or(() -> CorrespondenceEventType.parse(prefix + written))
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "No correspondence event is called " + written + ". There are: "
                                + Arrays.stream(CorrespondenceEventType.values())
                                        .map(one -> shortName(one, Notation.PARTY))
                                        .collect(Collectors.joining(", "))
                                + ", and Altinn's spellings of them (see --list)."));
    }

    private Notation notation(CommandSpec command, CorrespondenceEventType asked, String written) {
        return switch (Optional.ofNullable(notation).orElse("")) {
            case "party" -> Notation.PARTY;
            case "urn" -> Notation.URN;
            case "" -> written.endsWith(shortName(asked, Notation.URN)) ? Notation.URN : Notation.PARTY;
            default -> throw new ParameterException(command.commandLine(), "--notation must be party or urn");
        };
    }

    private void publish(PrintWriter out, RemoteServer remote, CorrespondenceEventType asked, Notation spelled) {
        String publisher = token != null ? token : remote.testToken("ttd", "altinn:serviceowner altinn:events.publish");
        PartyIdentifier concerned = MadeUpEvent.party(party);
        String subject = MadeUpEvent.subject(concerned, spelled, remote);
        var ids = new Ids(InstantSource.system());
        for (int i = 0; i < count; i++) {
            var event = new MadeUpEvent(
                    ids.random(),
                    asked,
                    spelled,
                    resource,
                    (instance == null ? ids.random() : instance).toString(),
                    subject,
                    concerned.path(),
                    InstantSource.system().instant());
            HttpResponse<String> answer = remote.publish(publisher, event.json(remote.address()));
            if (answer.statusCode() != 200) {
                throw new CommandFailed("the event was answered " + answer.statusCode() + " "
                        + RemoteServer.reason(answer)
                        + (i == 0 ? "" : " (" + i + " of " + count + " were published before)"));
            }
            out.printf(
                    "published %s  id %s  subject %s  resourceinstance %s%n",
                    event.type().in(spelled), event.id(), subject, event.instance());
            out.flush();
        }
    }

    private static String shortName(CorrespondenceEventType type, Notation notation) {
        return type.in(notation).substring(CorrespondenceEventType.PREFIX.length());
    }
}

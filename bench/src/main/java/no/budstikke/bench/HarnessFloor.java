package no.budstikke.bench;

import java.util.Optional;

/// The generator straight into the receiver, and the bare web client into the same receiver: what is
/// seen without the product in between.
final class HarnessFloor {

    /// What the bare web client got a second with so many connections.
    record Rates(double web64, double web256) {}

    private HarnessFloor() {}

    static Rates measure(Options options, Figures figures) {
        try (var receiver = ReceiverProcess.start()) {
            return measure(options, figures, receiver);
        }
    }

    static Rates measure(Options options, Figures figures, ReceiverProcess receiver) {
        var table = new Table(
                "floor",
                "Floor of the harness: no product in between",
                "run",
                "requests/s",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "p99.9 ms",
                "us of CPU per request");
        row(
                table,
                "closed loop, 64 (first, cold)",
                receiver,
                events -> Load.closed(events, 64, options.warmup().dividedBy(4)));
        row(table, "closed loop, 64", receiver, events -> Load.closed(events, 64, options.lasting()));
        row(table, "closed loop, 256", receiver, events -> Load.closed(events, 256, options.lasting()));
        row(table, "open loop, 500/s", receiver, events -> Load.open(events, 500, options.lasting()));
        BareWebClient.perSecond(events(receiver), 64, options.warmup().dividedBy(4));
        double web64 = BareWebClient.perSecond(events(receiver), 64, options.lasting());
        double web256 = BareWebClient.perSecond(events(receiver), 256, options.lasting());
        table.row("bare web client, 64", web64, "-", "-", "-", "-", "-");
        table.row("bare web client, 256", web256, "-", "-", "-", "-", "-");
        table.note(
                "Latency: from the intended time of sending to the receiver's read of the body. CPU: of generator and receiver.");
        figures.add(table);
        return new Rates(web64, web256);
    }

    private interface Sending {
        Load.Result send(EventRequest events);
    }

    private static void row(Table table, String name, ReceiverProcess receiver, Sending sending) {
        EventRequest events = events(receiver);
        receiver.begin(events.run());
        double before = EndToEnd.harness(receiver);
        ReceiverProcess.Report came = receiver.awaitAll(sending.send(events));
        double seconds = EndToEnd.harness(receiver) - before;
        if (came.lost() + came.repeated() + came.strangers() > 0) {
            throw new IllegalStateException("The harness itself is wrong: " + came);
        }
        table.row(
                name,
                came.perSecond(),
                EndToEnd.millis(came.latency(), 50),
                EndToEnd.millis(came.latency(), 90),
                EndToEnd.millis(came.latency(), 99),
                EndToEnd.millis(came.latency(), 99.9),
                seconds * 1e6 / came.distinct());
    }

    private static EventRequest events(ReceiverProcess receiver) {
        return EventRequest.to(receiver.address(), Optional.empty());
    }
}

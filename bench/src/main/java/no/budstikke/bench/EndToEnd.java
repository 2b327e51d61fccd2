package no.budstikke.bench;

import java.nio.file.Path;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// Runs of events through a server to its subscriber, the receiver. Generator: this process.
record EndToEnd(Server server, ReceiverProcess receiver) implements AutoCloseable {

    /// @param processes CPU seconds of server and PostgreSQL from the first event sent to the last one
    ///     delivered
    /// @param harness CPU seconds of generator and receiver in that time
    record Run(Load.Result sent, ReceiverProcess.Report came, Server.Cost processes, double harness) {

        double eventsPerCpuSecond() {
            return came.distinct() / processes.both();
        }

        /// One line about what must not happen.
        String faults() {
            return "lost %d, repeated %d, strangers %d, not answered 200: %d of %d"
                    .formatted(
                            came.lost(),
                            came.repeated(),
                            came.strangers(),
                            sent.refused().size(),
                            sent.sent());
        }
    }

    private interface Sending {
        Load.Result send(EventRequest events);
    }

    /// Starts both; the subscription is there and validated.
    static EndToEnd start() {
        var system = new EndToEnd(Server.start(), ReceiverProcess.start());
        system.server.subscribe(system.receiver.address());
        return system;
    }

    /// As [#start()], with one setting.
    static EndToEnd start(String key, Object value) {
        var system = new EndToEnd(Server.start(key, value), ReceiverProcess.start());
        system.server.subscribe(system.receiver.address());
        return system;
    }

    /// As [#start()], with a server that may be killed and started again under load, and so much heap.
    static EndToEnd startRestartable(String heap) {
        var system = new EndToEnd(Server.startRestartable(heap), ReceiverProcess.start());
        system.server.subscribe(system.receiver.address());
        return system;
    }

    /// As [#start()], on a data directory that is kept, and with one setting.
    static EndToEnd startOn(Path data, String key, Object value) {
        var system = new EndToEnd(Server.startOn(data, key, value), ReceiverProcess.start());
        system.server.forgetSubscriptions();
        system.server.subscribe(system.receiver.address());
        return system;
    }

    void warmUp(Duration lasting) {
        closed(64, lasting);
    }

    Run closed(int publishers, Duration lasting) {
        return run(events -> Load.closed(events, publishers, lasting));
    }

    Run closed(int publishers, Duration atMost, int count) {
        return run(events -> Load.closed(events, publishers, atMost, count));
    }

    Run open(int perSecond, Duration lasting) {
        return run(events -> Load.open(events, perSecond, lasting));
    }

    /// Events about as many different parties, in turns.
    Run open(int perSecond, Duration lasting, int parties) {
        return run(server.events().amongParties(parties), events -> Load.open(events, perSecond, lasting));
    }

    private Run run(Sending sending) {
        return run(server.events(), sending);
    }

    private Run run(EventRequest events, Sending sending) {
        receiver.begin(events.run());
        Server.Cost before = server.cost();
        double harnessBefore = harness(receiver);
        Load.Result sent = sending.send(events);
        ReceiverProcess.Report came = receiver.awaitAll(sent);
        return new Run(sent, came, server.cost().since(before), harness(receiver) - harnessBefore);
    }

    /// CPU seconds of generator and receiver since their start.
    static double harness(ReceiverProcess receiver) {
        return Cpu.secondsOf(ProcessHandle.current().pid()) + Cpu.secondsOf(receiver.pid());
    }

    @Override
    public void close() {
        server.close();
        receiver.close();
    }

    /// Of a histogram of microseconds.
    static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }
}

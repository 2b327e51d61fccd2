package no.budstikke.delivery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks up host names on threads of its own: a look-up can't be interrupted and holds the processor's
/// thread that a virtual thread runs on, so that a few slow name servers could stop everything else.
/// Whoever waits does so for a limited time.
final class HostNames implements AutoCloseable {

    private static final int LOOKUPS = 32;

    private final Lookup lookup;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            LOOKUPS, Thread.ofPlatform().daemon().name("host-names-", 0).factory());

    /// What is asked: `InetAddress::getAllByName`, or a test's own names.
    @FunctionalInterface
    interface Lookup {

        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    HostNames(Lookup lookup) {
        this.lookup = lookup;
    }

    /// The addresses of a name, or the address that is written there.
    ///
    /// @throws UnknownHostException when there are none, or nobody wants to wait any longer
    List<InetAddress> addresses(String host, Duration patience) throws UnknownHostException {
        Callable<InetAddress[]> question = () -> lookup.addresses(host);
        Future<InetAddress[]> answer = threads.submit(question);
        try {
            return List.of(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            answer.cancel(false);
            throw new UnknownHostException(host + " (no answer in time)");
        } catch (InterruptedException _) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host + " (interrupted)");
        } catch (ExecutionException e) {
            var unknown = new UnknownHostException(host);
            unknown.initCause(e.getCause());
            throw unknown;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

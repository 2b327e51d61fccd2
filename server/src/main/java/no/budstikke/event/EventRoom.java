package no.budstikke.event;

import java.time.Duration;
import java.time.InstantSource;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.PlatformAuthentication;
import no.budstikke.party.PartyRegister;
import no.budstikke.time.Ids;

/// Makes the parts of this room. Holds three connections of the pool for good: two to write published
/// events, one to read the log.
public final class EventRoom implements AutoCloseable {

    private final EventLog log;
    private final EventFeed feed;
    private final DayPartitions partitions;
    private final GroupCommit commits;
    private final DayPartitions traces;
    private final StoreEvent storeEvent;
    private final RecentEventStore recentEvents;
    private final EventApi api;
    private final EventLookupStore lookup = new EventLookupStore();
    private final LogWatch watch;
    private final StreamEvents streams;
    private final StreamApi streamApi;
    private final AppEventApi appApi;
    private final PrivateEventApi privateApi;

    /// How streams are served.
    ///
    /// @param most open at once
    /// @param heartbeat how often an idle one gets a comment
    public record Streams(int most, Duration heartbeat) {}

    /// The rooms that this one stands on.
    public record Neighbours(
            Database database,
            Access access,
            Authentication authentication,
            PlatformAuthentication platform,
            PartyRegister parties,
            InstantSource time,
            Ids ids) {}

    /// How this server is set up.
    ///
    /// @param baseUrl what stands before the path in addresses that we give out, without a slash at the
    ///     end
    /// @param retention how long an event is kept
    /// @param traceRetention how long is kept what other components tell of their attempts
    public record Setup(String baseUrl, Duration retention, Duration traceRetention, Streams streams) {}

    public EventRoom(Neighbours neighbours, Setup setup) {
        Database database = neighbours.database();
        Access access = neighbours.access();
        var signal = new CommitSignal();
        var own = new OwnTransactions();
        this.log = new EventLog(database, signal, own);
        this.feed = new EventFeed(database, signal, own);
        this.partitions = DayPartitions.ofEvents(database, setup.retention());
        this.traces = new DayPartitions(database, "trace_log", setup.traceRetention());
        this.commits = new GroupCommit(log, partitions);
        var reader = new CloudEventReader();
        this.storeEvent = new StoreEvent(commits);
        var store = new EventStore(database);
        this.recentEvents = new RecentEventStore(database);
        var pages = new PageReply(setup.baseUrl());
        this.api = new EventApi(
                neighbours.authentication(),
                neighbours.platform(),
                reader,
                new PublishEvent(access, storeEvent),
                new QueryEvents(access, store),
                pages);
        this.appApi = new AppEventApi(
                neighbours.authentication(),
                neighbours.platform(),
                new PublishAppEvent(reader, storeEvent, neighbours.ids(), neighbours.time()),
                new QueryAppEvents(access, neighbours.parties(), store),
                pages);
        this.privateApi = new PrivateEventApi(neighbours.platform(), reader, storeEvent, new TraceStore(database));
        this.watch = new LogWatch(database, lookup, signal);
        this.streams = new StreamEvents(
                database,
                lookup,
                watch,
                access,
                new StreamEvents.Limits(setup.streams().most(), setup.streams().heartbeat()));
        this.streamApi = new StreamApi(neighbours.authentication(), streams);
    }

    /// For whoever goes through the log at a pace of his own.
    public EventLookupStore lookup() {
        return lookup;
    }

    /// For whoever waits for new events.
    public LogWatch watch() {
        return watch;
    }

    /// For housekeeping, about every ten seconds.
    public void breakOffStuckStreams() {
        streams.breakOffTheStuck();
    }

    /// Ends the streams, and all waiting for new events, so that the web server need not wait for them.
    public void endStreams() {
        streams.close();
        watch.close();
    }

    /// For whoever changes something and tells of it in the same transaction.
    public EventLog log() {
        return log;
    }

    /// For the one thread that reads the log.
    public EventFeed feed() {
        return feed;
    }

    public EventFigures figures() {
        return new EventFigures(storeEvent.publishes(), storeEvent.publishing(), log::appended, commits::waiting);
    }

    /// For whoever looks back into the log.
    public RecentEventStore recentEvents() {
        return recentEvents;
    }

    /// For housekeeping.
    public DayPartitions partitions() {
        return partitions;
    }

    /// For housekeeping: the partitions of what other components tell of their attempts.
    public DayPartitions traces() {
        return traces;
    }

    public void addRoutes(Routes routes) {
        api.addTo(routes);
        streamApi.addTo(routes);
        appApi.addTo(routes);
        privateApi.addTo(routes);
    }

    /// Makes the day partitions, then takes events.
    public void start() {
        partitions.makeAhead();
        traces.makeAhead();
        commits.start();
        watch.start();
    }

    /// Writes what publishers wait for. The feed's reader must have ended.
    @Override
    public void close() {
        endStreams();
        commits.close();
        feed.close();
    }
}

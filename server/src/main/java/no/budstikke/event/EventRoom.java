package no.budstikke.event;

import java.time.Duration;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;

/// Makes the parts of this room. Holds three connections of the pool for good: two to write published
/// events, one to read the log.
public final class EventRoom implements AutoCloseable {

    private final EventLog log;
    private final EventFeed feed;
    private final DayPartitions partitions;
    private final GroupCommit commits;
    private final EventApi api;
    private final EventLookupStore lookup = new EventLookupStore();
    private final LogWatch watch;
    private final StreamEvents streams;
    private final StreamApi streamApi;

    /// How streams are served.
    ///
    /// @param most open at once
    /// @param heartbeat how often an idle one gets a comment
    public record Streams(int most, Duration heartbeat) {}

    /// @param baseUrl what stands before the path in addresses that we give out, without a slash at the
    ///     end
    /// @param retention how long an event is kept
    public EventRoom(
            Database database,
            Access access,
            Authentication authentication,
            String baseUrl,
            Duration retention,
            Streams streamLimits) {
        var signal = new CommitSignal();
        this.log = new EventLog(database, signal);
        this.feed = new EventFeed(database, signal);
        this.partitions = DayPartitions.ofEvents(database, retention);
        this.commits = new GroupCommit(log, partitions);
        this.api = new EventApi(
                authentication,
                new CloudEventReader(),
                new PublishEvent(access, commits),
                new QueryEvents(access, new EventStore(database)),
                baseUrl);
        this.watch = new LogWatch(database, lookup, signal);
        this.streams = new StreamEvents(
                database,
                lookup,
                watch,
                access,
                new StreamEvents.Limits(streamLimits.most(), streamLimits.heartbeat()));
        this.streamApi = new StreamApi(authentication, streams);
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

    /// For housekeeping.
    public DayPartitions partitions() {
        return partitions;
    }

    public void addRoutes(Routes routes) {
        api.addTo(routes);
        streamApi.addTo(routes);
    }

    /// Makes the day partitions, then takes events.
    public void start() {
        partitions.makeAhead();
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

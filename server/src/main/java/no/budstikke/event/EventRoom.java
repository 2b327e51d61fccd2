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
    private final PublishEvent publishing;
    private final EventApi api;

    /// @param baseUrl what stands before the path in addresses that we give out, without a slash at the
    ///     end
    /// @param retention how long an event is kept
    public EventRoom(
            Database database, Access access, Authentication authentication, String baseUrl, Duration retention) {
        var signal = new CommitSignal();
        this.log = new EventLog(database, signal);
        this.feed = new EventFeed(database, signal);
        this.partitions = DayPartitions.ofEvents(database, retention);
        this.commits = new GroupCommit(log, partitions);
        this.publishing = new PublishEvent(access, commits);
        this.api = new EventApi(
                authentication,
                new CloudEventReader(),
                publishing,
                new QueryEvents(access, new EventStore(database)),
                baseUrl);
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
        return new EventFigures(
                publishing.publishes(), publishing.publishing(), log::appended, commits::waiting);
    }

    /// For housekeeping.
    public DayPartitions partitions() {
        return partitions;
    }

    public void addRoutes(Routes routes) {
        api.addTo(routes);
    }

    /// Makes the day partitions, then takes events.
    public void start() {
        partitions.makeAhead();
        commits.start();
    }

    /// Writes what publishers wait for. The feed's reader must have ended.
    @Override
    public void close() {
        commits.close();
        feed.close();
    }
}

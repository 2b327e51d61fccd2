package no.budstikke.correspondence;

import java.time.InstantSource;
import java.util.UUID;
import no.budstikke.access.Access;
import no.budstikke.database.Database;
import no.budstikke.event.EventLog;
import no.budstikke.event.Notation;
import no.budstikke.http.Routes;
import no.budstikke.identity.Authentication;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.ResourceRegistry;
import no.budstikke.schedule.Timers;
import no.budstikke.time.Ids;

/// The room's wiring.
public final class CorrespondenceRoom {

    private CorrespondenceRoom() {}

    /// What the room is given.
    public record Neighbours(
            Database database,
            InstantSource time,
            Ids ids,
            PartyRegister parties,
            ResourceRegistry resources,
            Authentication authentication,
            Access access,
            Timers timers,
            EventLog log) {}

    /// What can be set.
    ///
    /// @param baseUrl           where this service is reached, without a slash at the end; begins the
    ///                          events' source
    /// @param notation          how events spell parties and types
    /// @param publishedToSender whether the sender, too, gets an event when its correspondence is
    ///                          published
    public record Settings(String baseUrl, Notation notation, boolean publishedToSender) {}

    /// Opens the room: its timers and routes are known afterwards. To be called before the timers start.
    public static void open(Neighbours next, Settings settings, Routes routes) {
        var correspondences = new CorrespondenceStore();
        var events = new CorrespondenceEvents(
                settings.baseUrl(), settings.notation(), settings.publishedToSender(), next.parties());
        var steps = new Steps(correspondences, events, next.log(), next.time());
        var publishing = new PublishCorrespondence(next.database(), correspondences, next.parties(), steps);
        var checking = new CheckDueDate(next.database(), correspondences, publishing, steps, events, next.log());
        next.timers().on(PublishCorrespondence.TIMER, (id, _) -> publishing.publish(UUID.fromString(id)));
        next.timers().on(CheckDueDate.TIMER, (id, _) -> checking.check(UUID.fromString(id)));

        Database database = next.database();
        var visits = new Visits(next, correspondences);
        var does = new CorrespondenceApi.UseCases(
                new InitializeCorrespondences(next, correspondences, events),
                new ShowCorrespondence(database, visits, correspondences, publishing, steps),
                new ShowDetails(database, visits, correspondences, steps),
                new ReadContent(database, visits, correspondences, publishing, steps),
                new SearchCorrespondence(next, correspondences),
                new MarkAsRead(database, visits, steps),
                new ConfirmCorrespondence(database, visits, steps),
                new PurgeCorrespondence(database, visits, steps));
        new CorrespondenceApi(next.authentication(), does, next.time()).addTo(routes);
    }
}

package no.budstikke.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.access.Access;
import no.budstikke.access.DecisionPoint;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.identity.Caller;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyRoom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a query asks the decision point. Spec: events §5.6, §16 21.
class QueryDecisionsTest {

    private static final String RESOURCE = "urn:altinn:resource:r";

    private final Database database = TestDatabase.fresh();
    private final EventLog log = new EventLog(database, new CommitSignal(), new OwnTransactions());
    private final AtomicInteger asked = new AtomicInteger();
    private final QueryEvents query = new QueryEvents(
            new Access(
                    new DecisionPoint(
                            _ -> {
                                asked.incrementAndGet();
                                return Optional.empty();
                            },
                            PartyRoom.registerWithSynthetic(database)),
                    PartyRoom.registerWithSynthetic(database),
                    InstantSource.system(),
                    false),
            new EventStore(database));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void nobody_is_asked_about_nothing_and_the_policy_once_for_each_event_that_is_found() {
        assertThat(found().lastScanned()).isEmpty();
        assertThat(asked).hasValue(0);

        database.useTransaction(tx -> log.append(tx, List.of(event("1"), event("2"))));

        // Until then a transaction of another database on the same server may hold back the newest.
        Awaitility.await().until(() -> found().lastScanned().equals(Optional.of("2")));
        asked.set(0);
        assertThat(found().seen()).as("a resource without a policy is nobody's").isEmpty();
        assertThat(asked).hasValue(2);
    }

    private QueryEvents.Found found() {
        return query.query(
                caller(), new EventStore.Page(RESOURCE, "0", Optional.empty(), Optional.empty(), List.of(), 50));
    }

    private static CloudEvent event(String id) {
        return new CloudEvent(
                id, "/s", "t", RESOURCE, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "{}");
    }

    private static Caller caller() {
        return new Caller(
                "https://issuer.example/",
                Set.of("altinn:events.subscribe"),
                Optional.empty(),
                Optional.of(new OrganizationNumber("991825827")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                3,
                Map.of(),
                Optional.empty());
    }
}

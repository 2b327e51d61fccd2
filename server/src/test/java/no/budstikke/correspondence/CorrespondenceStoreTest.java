package no.budstikke.correspondence;

import static no.budstikke.correspondence.CorrespondenceStatus.INITIALIZED;
import static no.budstikke.correspondence.CorrespondenceStatus.PUBLISHED;
import static no.budstikke.correspondence.CorrespondenceStatus.READ;
import static no.budstikke.correspondence.CorrespondenceStatus.READY_FOR_PUBLISH;
import static no.budstikke.correspondence.Requests.NOW;
import static no.budstikke.correspondence.Requests.OWNER;
import static no.budstikke.correspondence.Requests.RECIPIENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.budstikke.correspondence.CorrespondenceStore.Addressed;
import no.budstikke.correspondence.Letter.ExternalReference;
import no.budstikke.correspondence.StatusHistory.Entry;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CorrespondenceStoreTest {

    private static final UUID PARTY = UUID.randomUUID();

    private static Database database;
    private final CorrespondenceStore store = new CorrespondenceStore();

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void what_is_stored_is_found_again() {
        Letter letter = Requests.request(root -> {
                    ObjectNode correspondence = Requests.correspondence(root);
                    correspondence
                            .put("messageSender", "Vi")
                            .put("dueDateTime", "2026-04-01T00:00:00.123456Z")
                            .put("isConfirmationNeeded", true);
                    correspondence.putObject("propertyList").put("z", "1").put("a", "2");
                    correspondence
                            .putArray("replyOptions")
                            .addObject()
                            .put("linkURL", "https://example.no")
                            .putNull("linkText");
                    correspondence
                            .putArray("externalReferences")
                            .addObject()
                            .put("referenceType", "Generic")
                            .put("referenceValue", "min");
                    correspondence
                            .putObject("notification")
                            .put("emailSubject", "s")
                            .put("emailBody", "b");
                })
                .letter();
        UUID id = stored(letter, RECIPIENT);
        Correspondence found = find(id);
        assertThat(found.sender()).isEqualTo(OWNER);
        assertThat(found.recipient()).isEqualTo(RECIPIENT);
        assertThat(found.created()).isEqualTo(NOW);
        assertThat(found.letter().externalReferences())
                .containsExactly(
                        new ExternalReference(ReferenceType.GENERIC, "min"),
                        new ExternalReference(ReferenceType.DIALOGPORTEN_DIALOG_ID, "dialog-" + id));
        assertThat(found.letter().propertyList().keySet()).containsExactly("z", "a");
        assertThat(found.letter())
                .usingRecursiveComparison()
                .ignoringFields("externalReferences")
                .isEqualTo(letter);
        assertThat(found.history().entries())
                .containsExactly(
                        new Entry(INITIALIZED, "Initialized", NOW),
                        new Entry(READY_FOR_PUBLISH, "ReadyForPublish", NOW));
    }

    @Test
    void five_hundred_recipients_get_their_own_text_and_steps_in_order() {
        Letter letter = Requests.request(root -> Requests.content(root)
                        .put("messageTitle", "Hei {{recipientName}}")
                        .put("messageBody", "{{recipientName}} og {{RecipientName}}"))
                .letter();
        List<Addressed> addressed = IntStream.range(0, 500)
                .mapToObj(n -> new Addressed(
                        UUID.randomUUID(), new OrganizationNumber(Integer.toString(200_000_000 + n)), "Navn " + n))
                .toList();
        insert(letter, addressed);
        for (int n : new int[] {0, 250, 499}) {
            Correspondence found = find(addressed.get(n).id());
            assertThat(found.recipient()).isEqualTo(addressed.get(n).recipient());
            assertThat(found.letter().content().title()).isEqualTo("Hei Navn " + n);
            assertThat(found.letter().content().body()).isEqualTo("Navn " + n + " og {{RecipientName}}");
            assertThat(found.history().entries())
                    .extracting(Entry::status)
                    .containsExactly(INITIALIZED, READY_FOR_PUBLISH);
        }
    }

    @Test
    void the_service_itself_takes_steps_for_no_party() {
        UUID id = stored(Requests.letter(), RECIPIENT);
        database.useTransaction(tx -> store.add(tx, id, PUBLISHED, "Published", NOW.plusSeconds(1), null));
        assertThat(find(id).history().current()).isEqualTo(new Entry(PUBLISHED, "Published", NOW.plusSeconds(1)));
    }

    @Test
    void of_many_who_claim_a_key_one_gets_it() throws Exception {
        UUID key = UUID.randomUUID();
        Callable<Optional<UUID>> claim = () -> database.inTransaction(tx -> {
            UUID mine = UUID.randomUUID();
            return store.claimKey(tx, OWNER, key, mine) ? Optional.of(mine) : Optional.empty();
        });
        List<UUID> winners;
        try (var threads = Executors.newFixedThreadPool(6)) {
            winners = threads.invokeAll(Stream.generate(() -> claim).limit(24).toList()).stream()
                    .map(CorrespondenceStoreTest::result)
                    .flatMap(Optional::stream)
                    .toList();
        }
        assertThat(winners).hasSize(1);
        Optional<UUID> owners = database.inTransaction(tx -> store.withKey(tx, OWNER, key));
        assertThat(owners).contains(winners.getFirst());
        Optional<UUID> others = database.inTransaction(tx -> store.withKey(tx, RECIPIENT, key));
        assertThat(others).isEmpty();
        boolean free = database.inTransaction(tx -> store.claimKey(tx, RECIPIENT, key, UUID.randomUUID()));
        assertThat(free).isTrue();
    }

    @Test
    void fetches_of_one_party_are_debounced_and_stay_apart_from_the_status() {
        UUID id = stored(Requests.letter(), RECIPIENT);
        step(id, PUBLISHED, NOW);
        fetched(id, NOW, PARTY, Duration.ofSeconds(15));
        fetched(id, NOW.plusSeconds(14), PARTY, Duration.ofSeconds(15));
        fetched(id, NOW.plusSeconds(14), UUID.randomUUID(), Duration.ofSeconds(15));
        fetched(id, NOW.plusSeconds(16), PARTY, Duration.ofSeconds(15));
        fetched(id, NOW.plusSeconds(17), PARTY, Duration.ZERO);
        List<Entry> whole = database.inTransaction(tx -> store.wholeHistory(tx, id));
        assertThat(whole.stream().filter(entry -> entry.status() == CorrespondenceStatus.FETCHED))
                .hasSize(4);
        assertThat(find(id).history().entries().stream()
                        .filter(entry -> entry.status() == CorrespondenceStatus.FETCHED))
                .hasSize(1);
        assertThat(find(id).history().current().status()).isEqualTo(PUBLISHED);
    }

    @Test
    void a_search_shows_each_side_what_it_may_see_newest_first() {
        var recipient = new OrganizationNumber("310000018");
        UUID early = stored(publishedAt("2026-01-01T00:00:00Z", "search-a"), recipient);
        UUID late = stored(publishedAt("2026-02-01T00:00:00Z", "search-b"), recipient);
        UUID unpublished = stored(publishedAt("2026-03-01T00:00:00Z", "search-c"), recipient);
        step(early, PUBLISHED, NOW);
        step(late, PUBLISHED, NOW);
        step(late, READ, NOW.plusSeconds(1));

        assertThat(search(recipient, SearchRole.RECIPIENT, _ -> {})).containsExactly(late, early);
        assertThat(search(OWNER, SearchRole.RECIPIENT, _ -> {})).isEmpty();
        assertThat(search(OWNER, SearchRole.SENDER, _ -> {})).containsSubsequence(unpublished, late, early);
        assertThat(search(recipient, SearchRole.RECIPIENT_AND_SENDER, _ -> {})).containsExactly(late, early);

        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.status = READ))
                .containsExactly(late);
        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.status = INITIALIZED))
                .isEmpty();
        assertThat(search(recipient, SearchRole.RECIPIENT_AND_SENDER, query -> query.status = READ))
                .containsExactly(late);
        assertThat(search(OWNER, SearchRole.SENDER, query -> {
                    query.status = INITIALIZED;
                    query.reference = "search-c";
                }))
                .containsExactly(unpublished);
        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.status = CorrespondenceStatus.FETCHED))
                .isEmpty();

        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.from = Instant.parse("2026-01-01T00:00:00Z")))
                .containsExactly(late);
        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.to = Instant.parse("2026-02-01T00:00:00Z")))
                .containsExactly(early);
        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.reference = "search-a"))
                .containsExactly(early);
        assertThat(search(recipient, SearchRole.RECIPIENT, query -> query.resource = "urn:altinn:resource:letters"))
                .isEmpty();
    }

    /// A search's filters, to be set.
    private static final class Filters {

        String resource = "letters";

        @Nullable
        Instant from;

        @Nullable
        Instant to;

        @Nullable
        CorrespondenceStatus status;

        @Nullable
        String reference;
    }

    private List<UUID> search(PartyIdentifier party, SearchRole role, Consumer<Filters> set) {
        var filters = new Filters();
        set.accept(filters);
        var query = new SearchQuery(
                filters.resource,
                role,
                Optional.ofNullable(filters.from),
                Optional.ofNullable(filters.to),
                Optional.ofNullable(filters.status),
                Optional.empty(),
                Optional.ofNullable(filters.reference),
                Optional.empty(),
                OptionalInt.empty());
        return database.inTransaction(tx -> store.search(tx, party, query));
    }

    private static Letter publishedAt(String time, String reference) {
        return Requests.request(root -> Requests.correspondence(root)
                        .put("requestedPublishTime", time)
                        .put("sendersReference", reference))
                .letter();
    }

    private UUID stored(Letter letter, PartyIdentifier recipient) {
        UUID id = UUID.randomUUID();
        insert(letter, List.of(new Addressed(id, recipient, "Navn")));
        return id;
    }

    private void insert(Letter letter, List<Addressed> addressed) {
        List<ExternalReference> dialogs = addressed.stream()
                .map(one -> new ExternalReference(ReferenceType.DIALOGPORTEN_DIALOG_ID, "dialog-" + one.id()))
                .toList();
        database.useTransaction(tx -> store.insertAll(tx, letter, OWNER, addressed, dialogs, NOW, PARTY));
    }

    private Correspondence find(UUID id) {
        return database.inTransaction(tx -> store.find(tx, id)).orElseThrow();
    }

    private void step(UUID id, CorrespondenceStatus status, Instant at) {
        database.useTransaction(tx -> store.add(tx, id, status, status.wire(), at, PARTY));
    }

    private void fetched(UUID id, Instant at, UUID by, Duration debounce) {
        database.useTransaction(tx -> store.addFetched(tx, id, at, by, debounce));
    }

    private static <T> T result(Future<T> future) {
        return future.resultNow();
    }
}

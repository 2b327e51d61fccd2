package no.budstikke.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.budstikke.access.Access;
import no.budstikke.access.DecisionPoint;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.database.Transaction;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.RecentEventStore;
import no.budstikke.http.Json;
import no.budstikke.http.PlainRequest;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;
import no.budstikke.identity.TokenVerifier;
import no.budstikke.party.PartyRegister;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The room on a real database, without web server and tokens. One database for all tests: each has its
/// own caller.
class SubscriptionsTest {

    private static final Instant NOW = Instant.parse("2026-07-27T13:14:14.395226999Z");
    private static final InstantSource TIME = InstantSource.fixed(NOW);
    private static final Sources SOURCES = new Sources(
            Sources.configured("http://localhost:8080"),
            List.of(Sources.configured("https://platform.tt02.altinn.no")));
    private static final AtomicInteger ORGANIZATIONS = new AtomicInteger(800_000_000);

    private static Database database;

    private final SubscriptionStore store = new SubscriptionStore();
    private final List<Integer> toValidate = Collections.synchronizedList(new ArrayList<>());
    private final List<Access.EventTarget> asked = Collections.synchronizedList(new ArrayList<>());
    private final SubscriptionIndex here = index();
    private final SubscriptionIndex elsewhere = index();
    private final SubscriptionApi api = api();
    private final String number = Integer.toString(ORGANIZATIONS.incrementAndGet());
    private final Caller me = Callers.organization(number);
    private final Caller other = Callers.organization(Integer.toString(ORGANIZATIONS.incrementAndGet()));
    private final String resource = "urn:altinn:resource:r" + number;

    @BeforeAll
    static void connect() {
        database = TestDatabase.fresh();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void load() {
        here.load();
        elsewhere.load();
    }

    private static PlainRequest asked(String id, String body) {
        return new PlainRequest("POST", "/events/api/v1/subscriptions", id, body);
    }

    private SubscriptionIndex index() {
        return new SubscriptionIndex(database, store, SOURCES, KnownParties.SEED);
    }

    private SubscriptionApi api() {
        var admission = new Admission(
                new SubscriptionRules(
                        new EndpointRule(false),
                        SOURCES,
                        false,
                        new AppRules(List.of("apps.altinn.no"), KnownParties.SEED)),
                (_, target) -> {
                    asked.add(target);
                    return !target.resource().endsWith("forbidden");
                });
        var warnings = new FilterWarnings(SOURCES, KnownParties.SEED, id -> id.startsWith("r"));
        PartyRegister nobody = PartyRegister.of(List.of());
        return new SubscriptionApi(
                new Authentication(new TokenVerifier(List.of(), Duration.ZERO, InstantSource.system())),
                new CreateSubscription(database, store, here, admission, warnings, (_, id) -> toValidate.add(id), TIME),
                new TrySubscription(
                        database,
                        store,
                        admission,
                        warnings,
                        new RecentEventStore(database),
                        new Access(new DecisionPoint(_ -> Optional.empty(), nobody), nobody, TIME, false),
                        TIME),
                new ListSubscriptions(database, store),
                new ShowSubscription(database, store, here),
                new DeleteSubscription(database, store, here));
    }

    @Test
    void the_terms_are_what_the_last_request_says() {
        String asked = """
                {"endPoint": "https://hook.example/", "resourceFilter": "%s", "Notation": "URN",
                 "ordering": "resourceInstance", "delivery": {"batch": {"max": 100, "waitMs": 200}}}
                """.formatted(resource);
        assertThat(text(create(me, asked))).endsWith("""
                        "notation":"urn","ordering":"resourceInstance","delivery":{"batch":{"max":100,"waitMs":200}}}""");
        assertThat(text(create(me, minimal()))).doesNotContain("notation", "ordering", "delivery");
        assertThat(toValidate.getFirst()).isEqualTo(toValidate.getLast());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            $.notation           | {"notation": "xml"}
            $.ordering           | {"ordering": 1}
            $.delivery           | {"delivery": []}
            $.delivery.batch     | {"delivery": {"batch": 5}}
            $.delivery.batch.max | {"delivery": {"batch": {"max": 0, "waitMs": 1}}}
            $.delivery.batch.max | {"delivery": {"batch": {"max": 1001, "waitMs": 1}}}
            $.delivery.batch.waitMs | {"delivery": {"batch": {"max": 1, "waitMs": 60001}}}
            $.delivery.batch.waitMs | {"delivery": {"batch": {"max": 1}}}
            """)
    void terms_that_are_not_understood_are_named(String member, String terms) {
        Reply reply = create(me, minimal().replace("}", ", " + terms.substring(1)));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(text(reply)).contains("\"" + member + "\":[");
        assertThat(toValidate).isEmpty();
    }

    @Test
    void a_created_subscription_is_answered_as_the_contract_shows_it() {
        Reply reply = create(me, """
                {"EndPoint": "https://Hook.example?code=A+B", "resourceFilter": "%s", "subjectfilter": "/party/50015641",
                 "alternativeSubjectFilter": "/organisation/123456789", "typeFilter": "my.type",
                 "sourceFilter": "https://Platform.tt02.altinn.no/correspondence", "includeSubunits": true,
                 "consumer": "/org/ttd", "validated": true, "unknown": [{}]}
                """.formatted(resource));
        int id = toValidate.getFirst();
        assertThat(text(reply)).isEqualTo("""
                        {"id":%d,"endPoint":"https://hook.example/?code=A+B",\
                        "sourceFilter":"https://platform.tt02.altinn.no/correspondence","resourceFilter":"%s",\
                        "subjectFilter":"/party/50015641","alternativeSubjectFilter":"/organisation/123456789",\
                        "typeFilter":"my.type","consumer":"/organisation/%s","createdBy":"/organisation/%s",\
                        "created":"2026-07-27T13:14:14.395227Z","validated":false,"includeSubunits":true}""".formatted(id, resource, number, number));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.headers())
                .contains(new Reply.Header("Location", "/events/api/v1/subscription/" + id))
                .extracting(Reply.Header::name)
                .doesNotContain("Budstikke-Filter-Warning");
    }

    @Test
    void absent_filters_are_left_out_and_the_created_time_keeps_its_zeros() {
        create(me, minimal());
        assertThat(text(api.list(me))).isEqualTo("""
                        {"count":1,"subscriptions":[{"id":%d,"endPoint":"https://hook.example/","resourceFilter":"%s",\
                        "consumer":"/organisation/%s","createdBy":"/organisation/%s",\
                        "created":"2026-07-27T13:14:14.395227Z","validated":false,"includeSubunits":false}]}""".formatted(toValidate.getFirst(), resource, number, number));
    }

    @Test
    void the_brokers_address_is_accepted_with_a_warning() {
        Reply reply = create(me, """
                {"endPoint": "https://hook.example/", "resourceFilter": "%s",
                 "sourceFilter": "https://platform.tt02.altinn.no/broker/api/v1/filetransfer"}
                """.formatted(resource));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.headers())
                .filteredOn(header -> header.name().equals("Budstikke-Filter-Warning"))
                .singleElement()
                .extracting(Reply.Header::value)
                .asString()
                .contains("can never match");
    }

    @Test
    void the_same_subscription_again_is_the_same_row_still_validated_and_validated_anew() {
        Reply first = create(me, minimal());
        int id = toValidate.getFirst();
        new MarkValidated(database, store, here).validated(id);
        Reply second = create(me, minimal());
        assertThat(second.status()).isEqualTo(201);
        assertThat(text(second)).isEqualTo(text(first).replace("\"validated\":false", "\"validated\":true"));
        assertThat(toValidate).containsExactly(id, id);
    }

    @Test
    void a_difference_in_any_part_makes_another_subscription() {
        String some = "\"resourceFilter\": \"" + resource + "\", \"endPoint\": ";
        List<String> bodies = List.of(
                "{" + some + "\"https://hook.example/\"}",
                "{" + some + "\"https://hook.example/2\"}",
                "{" + some + "\"https://hook.example/\", \"subjectFilter\": \"a\"}",
                "{" + some + "\"https://hook.example/\", \"alternativeSubjectFilter\": \"a\"}",
                "{" + some + "\"https://hook.example/\", \"typeFilter\": \"a\"}",
                "{" + some + "\"https://hook.example/\", \"sourceFilter\": \"https://a.example/\"}",
                "{" + some + "\"https://hook.example/\", \"subjectFilter\": \"a\", \"includeSubunits\": true}");
        bodies.forEach(body -> create(me, body));
        bodies.forEach(body -> create(me, body));
        create(other, bodies.getFirst());
        assertThat(toValidate)
                .hasSize(15)
                .satisfies(ids -> assertThat(Set.copyOf(ids)).hasSize(8));
        assertThat(text(api.list(me))).startsWith("{\"count\":7,");
    }

    @Test
    void identical_requests_at_the_same_moment_make_one_subscription() throws Exception {
        var start = new CountDownLatch(1);
        Callable<Integer> creating = () -> {
            start.await();
            return create(me, minimal()).status();
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(threads.submit(creating));
            }
            start.countDown();
            for (Future<Integer> reply : replies) {
                assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo(201);
            }
        }
        assertThat(Set.copyOf(toValidate)).hasSize(1);
        assertThat(text(api.list(me))).startsWith("{\"count\":1,");
    }

    @Test
    void long_and_strange_texts_are_kept() throws IOException {
        String subject = "æ😀'\"\\%s{}\n" + "x".repeat(20_000);
        Reply reply = create(
                me,
                Json.SPARSE.writeValueAsString(Map.of(
                        "endPoint", "https://hook.example/?" + "q".repeat(8_000),
                        "resourceFilter", resource,
                        "subjectFilter", subject)));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(Json.SPARSE.readTree(reply.body()).get("subjectFilter").textValue())
                .isEqualTo(subject);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"endPoint\": 5}                                              | $.endPoint",
                "{\"subjectFilter\": {}}                                        | $.subjectFilter",
                "{\"typeFilter\": \"a\\u0000\"}                                 | $.typeFilter",
                "{\"typeFilter\": \"a\\ud800\"}                                 | $.typeFilter",
                "{\"includeSubunits\": \"true\"}                                | $.includeSubunits",
                "{\"endPoint\": \"https://\"}                                   | $.endPoint",
                "{\"endPoint\": \"https://a.example\", \"sourceFilter\": \"https:///\"} | $.sourceFilter",
                "{\"endPoint\": \"https://a.example\",}                         | $",
                "{} {}                                                          | $",
                "[]                                                             | $",
                "/* */ {}                                                       | $",
            })
    void what_can_not_be_read_is_answered_with_a_problem_that_names_the_member(String body, String member) {
        Reply reply = create(me, body.strip());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(text(reply))
                .contains("\"title\":\"One or more validation errors occurred.\"", "\"errors\":{\"" + member + "\":[");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null"})
    void an_empty_body_is_no_subscription(String body) {
        Reply reply = create(me, body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(text(reply)).contains("\"errors\":{\"\":[\"A non-empty request body is required.\"]}");
    }

    @Test
    void a_body_as_deep_as_a_well_or_as_large_as_a_house_is_refused() {
        assertThat(create(me, "[".repeat(10_000)).status()).isEqualTo(400);
        assertThat(create(me, "{\"typeFilter\": \"" + "x".repeat(70_000) + "\"}")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void a_refusal_is_a_json_string_and_a_missing_scope_has_no_body() {
        Reply endpoint = create(me, "{\"endPoint\": \"http://altinn.no/\"}");
        assertThat(endpoint.status()).isEqualTo(400);
        assertThat(text(endpoint)).isEqualTo("\"Missing or invalid endpoint to push events towards\"");
        Reply scope = create(withoutScope(me), minimal());
        assertThat(scope.status()).isEqualTo(403);
        assertThat(scope.body()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void whoever_may_not_subscribe_is_told_to_what() {
        Reply reply = create(
                me, "{\"endPoint\": \"https://a.example/\", \"resourceFilter\": \"urn:altinn:resource:forbidden\"}");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(text(reply))
                .isEqualTo("\"Not authorized to create a subscription for resource urn:altinn:resource:forbidden.\"");
        Reply nobody = create(Callers.nobody(), minimal());
        assertThat(nobody.status()).isEqualTo(403);
        assertThat(text(nobody)).contains("Not authorized");
        assertThat(toValidate).isEmpty();
        assertThat(text(api.list(Callers.nobody()))).isEqualTo("{\"count\":0,\"subscriptions\":[]}");
    }

    @Test
    void access_is_asked_for_the_party_that_the_filters_name() {
        create(me, minimal().replace("}", ", \"alternativeSubjectFilter\": \"/organisation/123456789\"}"));
        create(me, minimal().replace("}", ", \"subjectFilter\": \"/party/1\", \"alternativeSubjectFilter\": \"x\"}"));
        create(me, minimal());
        assertThat(asked)
                .extracting(Access.EventTarget::subject)
                .containsExactly(Optional.of("/organisation/123456789"), Optional.of("/party/1"), Optional.empty());
    }

    @Test
    void only_the_owner_sees_and_ends_a_subscription() {
        create(me, minimal());
        int id = toValidate.getFirst();
        Request byId = asked(Integer.toString(id), "");
        assertThat(api.show(byId, me).status()).isEqualTo(200);
        assertThat(text(api.show(byId, me))).startsWith("{\"id\":" + id + ",");
        assertThat(api.show(byId, other).status()).isEqualTo(403);
        assertThat(api.show(byId, Callers.nobody()).status()).isEqualTo(403);
        assertThat(api.delete(byId, other).status()).isEqualTo(403);
        assertThat(text(api.list(other))).isEqualTo("{\"count\":0,\"subscriptions\":[]}");

        Reply deleted = api.delete(byId, me);
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.body()).isEmpty();
        assertThat(api.show(byId, me).status()).isEqualTo(404);
        assertThat(api.delete(byId, me).status()).isEqualTo(404);
    }

    @Test
    void the_list_takes_no_character_of_a_consumer_for_a_wildcard() {
        Caller like =
                Callers.caller(Optional.of("a_c%" + number), OptionalInt.empty(), Optional.empty(), Optional.empty());
        Caller unlike =
                Callers.caller(Optional.of("abcd" + number), OptionalInt.empty(), Optional.empty(), Optional.empty());
        create(unlike, minimal());
        assertThat(text(api.list(like))).isEqualTo("{\"count\":0,\"subscriptions\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "1.0", "2147483648", "1x"})
    void an_id_is_a_32_bit_number(String id) {
        Reply reply = api.show(asked(id, ""), me);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(text(reply)).contains("\"errors\":{\"id\":[\"The value '" + id + "' is not valid.\"]}");
    }

    @Test
    void a_change_takes_effect_at_once_here_and_with_the_next_refresh_elsewhere() {
        List<Integer> goneHere = new ArrayList<>();
        List<Integer> goneElsewhere = new ArrayList<>();
        here.onDeleted(goneHere::add);
        elsewhere.onDeleted(goneElsewhere::add);
        CloudEvent event = event();

        create(me, minimal());
        int id = toValidate.getFirst();
        assertThat(here.find(id)).isPresent();
        assertThat(here.matching(event)).isEmpty();
        elsewhere.refresh();
        assertThat(elsewhere.find(id)).isPresent();

        new MarkValidated(database, store, here).validated(id);
        assertThat(here.matching(event)).extracting(Subscription::id).containsExactly(id);
        elsewhere.refresh();
        assertThat(elsewhere.matching(event)).extracting(Subscription::id).containsExactly(id);

        api.delete(asked(Integer.toString(id), ""), me);
        assertThat(here.matching(event)).isEmpty();
        assertThat(here.find(id)).isEmpty();
        elsewhere.refresh();
        assertThat(elsewhere.find(id)).isEmpty();
        elsewhere.refresh();
        assertThat(goneHere).containsExactly(id);
        assertThat(goneElsewhere).containsExactly(id);
    }

    @Test
    void a_transaction_that_began_first_and_commits_last_is_not_missed() {
        List<Integer> ids = new ArrayList<>();
        database.useTransaction(slow -> {
            ids.add(add(slow, "https://hook.example/slow"));
            onAnotherThread(() -> {
                database.useTransaction(fast -> ids.add(add(fast, "https://hook.example/fast")));
                elsewhere.refresh();
            });
            assertThat(elsewhere.find(ids.get(1))).isPresent();
            assertThat(elsewhere.find(ids.get(0))).isEmpty();
        });
        elsewhere.refresh();
        assertThat(elsewhere.find(ids.get(0))).isPresent();
    }

    @Test
    void a_transaction_that_commits_while_the_index_is_loaded_is_not_missed() {
        SubscriptionIndex third = index();
        List<Integer> ids = new ArrayList<>();
        database.useTransaction(slow -> {
            ids.add(add(slow, "https://hook.example/slow"));
            onAnotherThread(third::load);
        });
        assertThat(third.find(ids.getFirst())).isEmpty();
        third.refresh();
        assertThat(third.find(ids.getFirst())).isPresent();
    }

    @Test
    void whatever_changes_the_table_is_noticed() {
        create(me, minimal());
        int id = toValidate.getFirst();
        database.useTransaction(tx -> tx.handle().execute("update subscription set validated = true where id = ?", id));
        here.refresh();
        assertThat(here.matching(event())).hasSize(1);
        database.useTransaction(tx -> tx.handle().execute("delete from subscription where id = ?", id));
        here.refresh();
        assertThat(here.matching(event())).isEmpty();
    }

    @Test
    void a_restarted_node_knows_all_subscriptions_and_a_reloaded_one_forgets_the_deleted() {
        create(me, minimal());
        create(me, minimal().replace("/\"", "/2\""));
        SubscriptionIndex restarted = index();
        restarted.load();
        assertThat(toValidate.stream()
                        .map(restarted::find)
                        .flatMap(Optional::stream)
                        .map(Subscription::endPoint))
                .extracting(Object::toString)
                .containsExactly("https://hook.example/", "https://hook.example/2");

        List<Integer> gone = new ArrayList<>();
        restarted.onDeleted(gone::add);
        api.delete(asked(Integer.toString(toValidate.getFirst()), ""), me);
        restarted.load();
        assertThat(gone).containsExactly(toValidate.getFirst());
        assertThat(restarted.find(toValidate.getLast())).isPresent();
    }

    @Test
    void many_rows_are_loaded_as_one_by_one_changes_would_have_made_them() {
        Set<Integer> ids = database.inTransaction(tx -> {
            var added = IntStream.range(0, 200)
                    .mapToObj(i -> add(tx, "https://hook.example/" + i))
                    .collect(Collectors.toSet());
            added.forEach(id -> store.markValidated(tx, id));
            return added;
        });
        SubscriptionIndex loaded = index();
        loaded.load();
        here.refresh();
        assertThat(loaded.matching(event())).extracting(Subscription::id).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(here.matching(event())).extracting(Subscription::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    /// A transaction belongs to its thread: what is done on the same thread joins it.
    private static void onAnotherThread(Runnable work) {
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            thread.submit(work).get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private int add(Transaction tx, String endPoint) {
        return store.add(
                        tx,
                        new SubscriptionRules.Verdict.Granted(
                                Optional.of(new CanonicalUrl(endPoint)),
                                new Subscription.Filters(
                                        Optional.empty(),
                                        resource,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        false),
                                Terms.PLAIN),
                        "/organisation/" + number,
                        NOW)
                .id();
    }

    private String minimal() {
        return "{\"endPoint\": \"https://hook.example/\", \"resourceFilter\": \"" + resource + "\"}";
    }

    private CloudEvent event() {
        return new CloudEvent(
                "1",
                "https://a.example/",
                "my.type",
                resource,
                Optional.empty(),
                Optional.of("/party/1"),
                Optional.empty(),
                Optional.empty(),
                "{}");
    }

    private Reply create(Caller caller, String body) {
        return api.create(asked("", body), caller);
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static Caller withoutScope(Caller caller) {
        return new Caller(
                caller.issuer(),
                Set.of("altinn:events.publish"),
                caller.org(),
                caller.organizationNumber(),
                caller.consumer(),
                caller.systemUser(),
                caller.person(),
                caller.userId(),
                caller.partyId(),
                caller.partyUuid(),
                caller.authLevel(),
                Map.of(),
                caller.sessionId());
    }
}

package no.budstikke.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import no.budstikke.access.Access;
import no.budstikke.access.DecisionPoint;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import no.budstikke.event.EventLookupStore;
import no.budstikke.event.RecentEventStore;
import no.budstikke.http.Json;
import no.budstikke.identity.Authentication;
import no.budstikke.identity.Caller;
import no.budstikke.identity.TokenVerifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.party.PartyRoom;
import no.budstikke.schedule.Timers;
import no.budstikke.subscription.EndpointRule;
import no.budstikke.subscription.ShowSubscription;
import no.budstikke.subscription.SubscriptionRoom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The room on a real database: several nodes, time that goes by, and what lies in the tables.
class CredentialsTest {

    private static final byte[] KEY = "0123456789 0123456789 0123456789".getBytes(UTF_8);
    private static final byte[] BODY = "{}".getBytes(UTF_8);
    private static final Duration LIFETIME = Duration.ofDays(90);
    private static final String TOKEN_ENDPOINT = "https://idp.example.no/token";

    private static Database database;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-07-27T13:14:14Z"));
    private final InstantSource time = now::get;
    private final List<Integer> toValidate = new ArrayList<>();

    @BeforeAll
    static void connect() {
        database = TestDatabase.fresh();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    /// One server among several.
    private final class Node {

        final SubscriptionRoom subscriptions;
        final CredentialStore store = new CredentialStore();
        final Vault vault;
        final ServerKeys keys;
        final SealedCredentials sealed;
        final CredentialIndex index;
        final DeliverySignatures signatures;
        final ChangeSecrets secrets;
        final ChangeCredentials credentials;

        Node(byte[] key) {
            PartyRegister parties = PartyRoom.register(database);
            var authentication = new Authentication(new TokenVerifier(List.of(), Duration.ZERO, time));
            var access = new Access(new DecisionPoint(_ -> Optional.empty(), parties), parties, time, false);
            subscriptions = new SubscriptionRoom(
                    new SubscriptionRoom.Neighbours(
                            database,
                            access,
                            authentication,
                            new RecentEventStore(database),
                            parties,
                            new Timers(database, time),
                            new EventLookupStore(),
                            time),
                    new SubscriptionRoom.Setup(
                            java.net.URI.create("http://localhost:8080"),
                            List.of(),
                            List.of(),
                            false,
                            new EndpointRule(false),
                            _ -> false));
            ShowSubscription show = subscriptions.show();
            vault = new Vault(key);
            keys = new ServerKeys(store, vault, LIFETIME, time);
            sealed = new SealedCredentials(vault);
            index = new CredentialIndex(database, store, sealed, keys, vault);
            subscriptions.index().onDeleted(index::forget);
            signatures = new DeliverySignatures(index, keys, _ -> true, time, time);
            secrets = new ChangeSecrets(database, store, sealed, vault, index, show, time);
            credentials = new ChangeCredentials(
                    database, store, sealed, index, show, new EndpointRule(false), (_, id) -> toValidate.add(id), time);
            refresh();
        }

        void refresh() {
            subscriptions.index().refresh();
            index.refresh();
        }

        List<String> signatures(int subscription, String scheme) {
            return Stream.of(signatures
                            .sign(subscription, "id", BODY)
                            .signature()
                            .split(" "))
                    .filter(each -> each.startsWith(scheme + ","))
                    .toList();
        }
    }

    private static int subscription(Caller owner) {
        String number = owner.organizationNumber().orElseThrow().digits();
        return database.inTransaction(tx -> tx.handle()
                .createQuery("""
                        insert into subscription
                               (end_point, resource_filter, include_subunits, consumer, created_by, created)
                        values ('https://hook.example/', 'urn:altinn:resource:x', false, :owner, :owner, now())
                        returning id
                        """)
                .bind("owner", "/organisation/" + number)
                .mapTo(Integer.class)
                .one());
    }

    private static Caller organization(String number) {
        return new Caller(
                "https://issuer.example/",
                Set.of(),
                Optional.empty(),
                Optional.of(new no.budstikke.party.OrganizationNumber(number)),
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

    private static ChangeSecrets.Outcome.Secrets secrets(ChangeSecrets.Outcome outcome) {
        assertThat(outcome).isInstanceOf(ChangeSecrets.Outcome.Secrets.class);
        return (ChangeSecrets.Outcome.Secrets) outcome;
    }

    private static JsonNode oauth2(String secret) {
        ObjectNode json = Json.SPARSE.createObjectNode();
        json.putObject("oauth2")
                .put("tokenEndpoint", TOKEN_ENDPOINT)
                .put("clientId", "me")
                .put("clientSecret", secret);
        return json;
    }

    @Test
    void all_nodes_sign_alike_from_birth_and_after_a_change_with_their_next_poll() {
        Caller me = organization("900000001");
        int id = subscription(me);
        var here = new Node(KEY);
        var elsewhere = new Node(KEY);
        assertThat(here.signatures(id, "v1")).isEqualTo(elsewhere.signatures(id, "v1"));
        here.secrets.rotate(me, id, Duration.ofDays(1));

        here.secrets.rotate(me, id, Duration.ofDays(1));

        assertThat(here.signatures(id, "v1")).hasSize(2);
        assertThat(elsewhere.signatures(id, "v1")).hasSize(1);
        elsewhere.refresh();
        assertThat(elsewhere.signatures(id, "v1")).isEqualTo(here.signatures(id, "v1"));
        assertThat(new Node(KEY).signatures(id, "v1")).isEqualTo(here.signatures(id, "v1"));
    }

    @Test
    void subscriptions_have_different_secrets_and_so_have_servers_with_another_key() {
        Caller me = organization("900000002");
        int one = subscription(me);
        var here = new Node(KEY);
        assertThat(here.index.secrets(one).newest().id())
                .isNotEqualTo(here.index.secrets(one + 1).newest().id())
                .isNotEqualTo(
                        here.index.bornWith(one + 2, Instant.EPOCH).newest().id());
        assertThat(new Vault("another key of thirty-two bytes!".getBytes(UTF_8)).derive("x"))
                .isNotEqualTo(new Vault(KEY).derive("x"));
    }

    @Test
    void a_former_secret_signs_until_its_overlap_is_over_and_is_then_forgotten() {
        Caller me = organization("900000003");
        int id = subscription(me);
        var node = new Node(KEY);
        SigningSecret first = secrets(node.secrets.rotate(me, id, Duration.ofHours(1)))
                .secrets()
                .newest();
        SigningSecret second = secrets(node.secrets.rotate(me, id, Duration.ofHours(1)))
                .secrets()
                .newest();

        now.updateAndGet(before -> before.plus(Duration.ofMinutes(59)));
        assertThat(node.index.secrets(id).valid(now.get()))
                .extracting(SigningSecret::id)
                .containsExactly(second.id(), first.id());
        assertThat(node.signatures(id, "v1")).hasSize(2);
        now.updateAndGet(before -> before.plus(Duration.ofMinutes(1)));
        assertThat(node.signatures(id, "v1")).hasSize(1);

        assertThat(secrets(node.secrets.rotate(me, id, Duration.ofHours(1)))
                        .secrets()
                        .newestFirst())
                .extracting(SigningSecret::id)
                .hasSize(2)
                .doesNotContain(first.id());
    }

    @Test
    void a_later_rotation_does_not_lengthen_the_life_of_a_former_secret() {
        var secrets = new SigningSecrets(List.of(SigningSecret.of(new byte[32], Instant.EPOCH)));
        Instant start = now.get();
        SigningSecrets twice = secrets.rotated(SigningSecret.of(new byte[33], start), Duration.ofHours(1), start)
                .rotated(SigningSecret.of(new byte[34], start), Duration.ofDays(9), start.plus(Duration.ofMinutes(1)));

        assertThat(twice.newestFirst())
                .extracting(SigningSecret::ends)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(start.plus(Duration.ofDays(9)).plus(Duration.ofMinutes(1))),
                        Optional.of(start.plus(Duration.ofHours(1))));
    }

    @Test
    void rotations_at_the_same_time_lose_no_secret() throws InterruptedException, ExecutionException {
        Caller me = organization("900000004");
        int id = subscription(me);
        var nodes = List.of(new Node(KEY), new Node(KEY));
        nodes.getFirst().secrets.rotate(me, id, Duration.ofDays(1));
        var rotations = new ArrayList<Callable<ChangeSecrets.Outcome>>();
        for (int i = 0; i < 4; i++) {
            Node node = nodes.get(i % 2);
            rotations.add(() -> node.secrets.rotate(me, id, Duration.ofDays(1)));
        }
        var made = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<ChangeSecrets.Outcome> each : threads.invokeAll(rotations)) {
                made.add(secrets(each.get()).secrets().newest().id());
            }
        }
        nodes.forEach(Node::refresh);

        for (Node node : nodes) {
            assertThat(node.index.secrets(id).newestFirst())
                    .extracting(SigningSecret::id)
                    .hasSize(5)
                    .containsAll(made);
        }
    }

    @Test
    void there_is_one_server_key_for_all_nodes_and_a_new_one_when_it_is_old_with_an_overlap()
            throws InterruptedException, ExecutionException {
        var here = new Node(KEY);
        var elsewhere = new Node(KEY);
        int id = subscription(organization("900000005"));
        String first = here.keys.signing().getFirst().id();
        assertThat(elsewhere.keys.signing()).extracting(ServerKey::id).containsExactly(first);

        now.updateAndGet(before -> before.plus(LIFETIME));
        var refreshes = new ArrayList<Callable<Integer>>();
        for (Node node : List.of(here, elsewhere, here, elsewhere)) {
            refreshes.add(() -> {
                node.refresh();
                return 0;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> each : threads.invokeAll(refreshes)) {
                each.get();
            }
        }
        here.refresh();
        elsewhere.refresh();

        assertThat(here.keys.signing()).extracting(ServerKey::id).hasSize(2).endsWith(first);
        assertThat(elsewhere.keys.signing())
                .extracting(ServerKey::id)
                .isEqualTo(here.keys.signing().stream().map(ServerKey::id).toList());
        // Ed25519 is deterministic: equal signatures are by equal keys.
        assertThat(here.signatures(id, "v1a")).hasSize(2).isEqualTo(elsewhere.signatures(id, "v1a"));
        now.updateAndGet(before -> before.plus(ServerKeys.OVERLAP));
        assertThat(here.keys.signing()).extracting(ServerKey::id).hasSize(1).doesNotContain(first);
        assertThat(here.signatures(id, "v1a")).hasSize(1);
    }

    @Test
    void nothing_secret_lies_open_in_the_database() {
        Caller me = organization("900000006");
        int id = subscription(me);
        var node = new Node(KEY);
        byte[] secret = secrets(node.secrets.rotate(me, id, Duration.ofDays(1)))
                .secrets()
                .newest()
                .key()
                .getEncoded();
        node.credentials.put(me, id, oauth2("my very own client secret"));

        String stored = database.inTransaction(
                tx -> tx.handle().createQuery("""
                        select string_agg(encode(secrets, 'escape') || encode(credentials, 'escape'), '')
                               || (select string_agg(encode(sealed, 'hex'), '') from signing_key)
                          from subscription_credential
                        """).mapTo(String.class).one());

        assertThat(stored)
                .isNotEmpty()
                .doesNotContain("my very own client secret")
                .doesNotContain(java.util.Base64.getEncoder().encodeToString(secret))
                .doesNotContain(java.util.HexFormat.of()
                        .formatHex(node.keys.signing().getFirst().key().getEncoded(), 16, 48));
    }

    @Test
    void what_is_sealed_for_one_subscription_or_with_another_key_does_not_open() {
        var vault = new Vault(KEY);
        byte[] sealed = vault.seal("the secrets of 1", BODY);

        assertThat(vault.open("the secrets of 1", sealed)).isEqualTo(BODY);
        assertThat(vault.seal("the secrets of 1", BODY)).isNotEqualTo(sealed);
        assertThatThrownBy(() -> vault.open("the secrets of 2", sealed)).isInstanceOf(Vault.SealBroken.class);
        assertThatThrownBy(() ->
                        new Vault("another key of thirty-two bytes!".getBytes(UTF_8)).open("the secrets of 1", sealed))
                .isInstanceOf(Vault.SealBroken.class)
                .hasMessageContaining("credentials.key");
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> vault.open("the secrets of 1", sealed)).isInstanceOf(Vault.SealBroken.class);
        assertThatThrownBy(() -> vault.open("the secrets of 1", new byte[3])).isInstanceOf(Vault.SealBroken.class);
    }

    @Test
    void credentials_are_known_to_all_nodes_replaced_as_a_whole_and_removed() {
        Caller me = organization("900000007");
        int id = subscription(me);
        var here = new Node(KEY);
        var elsewhere = new Node(KEY);
        here.credentials.put(me, id, oauth2("first"));
        assertThat(toValidate).containsExactly(id);
        elsewhere.refresh();
        EndpointCredentials known = elsewhere.index.credentials(id).orElseThrow();
        assertThat(known.grant().orElseThrow().form(now.get(), "x")).contains("client_secret=first");
        elsewhere.refresh();

        here.credentials.put(me, id, oauth2("second"));
        elsewhere.refresh();

        assertThat(elsewhere
                        .index
                        .credentials(id)
                        .orElseThrow()
                        .grant()
                        .orElseThrow()
                        .form(now.get(), "x"))
                .contains("client_secret=second");
        assertThat(elsewhere.credentials.remove(me, id)).isInstanceOf(ChangeCredentials.Outcome.None.class);
        here.refresh();
        assertThat(here.index.credentials(id)).isEmpty();
        assertThat(here.index.held(id).secrets()).isEmpty();
    }

    @Test
    void secrets_and_credentials_go_with_their_subscription() {
        Caller me = organization("900000008");
        int id = subscription(me);
        var node = new Node(KEY);
        node.secrets.rotate(me, id, Duration.ofDays(1));
        node.credentials.put(me, id, oauth2("x"));
        node.refresh();

        database.useTransaction(tx -> tx.handle().execute("delete from subscription where id = ?", id));
        node.refresh();

        assertThat(node.index.held(id)).isEqualTo(Held.NOTHING);
        assertThat(node.secrets.show(me, id)).isInstanceOf(ChangeSecrets.Outcome.Unknown.class);
        assertThat(node.secrets.rotate(me, id, Duration.ZERO)).isInstanceOf(ChangeSecrets.Outcome.Unknown.class);
    }

    @Test
    void an_id_that_no_header_field_could_hold_is_replaced_by_its_digest() {
        assertThat(DeliverySignatures.fieldValue("x".repeat(512))).hasSize(512);
        assertThat(DeliverySignatures.fieldValue("x".repeat(513)))
                .matches("sha256:[0-9a-f]{64}")
                .isNotEqualTo(DeliverySignatures.fieldValue("x".repeat(514)));
        assertThat(DeliverySignatures.fieldValue("a b%\"é")).isEqualTo("a%20b%25%22%C3%A9");
    }
}

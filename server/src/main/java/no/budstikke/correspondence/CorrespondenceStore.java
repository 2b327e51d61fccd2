package no.budstikke.correspondence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.correspondence.Letter.ExternalReference;
import no.budstikke.correspondence.Letter.ReplyOption;
import no.budstikke.correspondence.StatusHistory.Entry;
import no.budstikke.database.Transaction;
import no.budstikke.http.Json;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// Correspondences in the database.
final class CorrespondenceStore {

    /// How many ids a search finds at most. Spec: correspondence §2.2 P6.
    static final int MOST_FOUND = 1000;

    /// One letter to one recipient, about to be stored.
    ///
    /// @param recipientName takes the place of [#NAME_PLACEHOLDER]
    record Addressed(UUID id, PartyIdentifier recipient, String recipientName) {}

    /// What senders may write in title, summary and body. Spec: correspondence §4.6.
    static final String NAME_PLACEHOLDER = "{{recipientName}}";

    // --- idempotency keys ---

    private static final String CLAIM_KEY = """
            insert into correspondence_idempotency_key (service_owner, key, correspondence)
            values (:owner, :key, :correspondence)
                on conflict do nothing
            """;

    /// Takes the key for that correspondence; false when it is taken already. Waits for a transaction
    /// that is about to
    /// take it.
    boolean claimKey(Transaction tx, OrganizationNumber owner, UUID key, UUID correspondence) {
        return tx.handle()
                        .createUpdate(CLAIM_KEY)
                        .bind("owner", owner.digits())
                        .bind("key", key)
                        .bind("correspondence", correspondence)
                        .execute()
                == 1;
    }

    private static final String OWNER_OF_KEY = """
            select correspondence
              from correspondence_idempotency_key
             where service_owner = :owner
               and key = :key
            """;

    /// The correspondence that was made with the service owner's key.
    Optional<UUID> withKey(Transaction tx, OrganizationNumber owner, UUID key) {
        return tx.handle()
                .createQuery(OWNER_OF_KEY)
                .bind("owner", owner.digits())
                .bind("key", key)
                .mapTo(UUID.class)
                .findOne();
    }

    // --- new correspondences: four statements for any number of recipients ---

    private static final String INSERT = """
            insert into correspondence
                   (id, resource, sender, recipient, senders_reference, message_sender,
                    requested_publish_time, due_date_time, property_list, reply_options, notification,
                    ignore_reservation, confirmation_needed, confidential, allow_forwarding, created)
            select id, :resource, :sender, recipient, :senders_reference, :message_sender,
                   :publish_time, :due_time, :properties::json, :reply_options::json, :notification::json,
                   :ignore_reservation, :confirmation_needed, :confidential, :allow_forwarding, :created
              from unnest(:ids, :recipients) as t (id, recipient)
            """;

    private static final String INSERT_CONTENT = """
            insert into correspondence_content (correspondence, language, title, summary, body)
            select id, :language, replace(:title, :placeholder, name), replace(:summary, :placeholder, name),
                   replace(:body, :placeholder, name)
              from unnest(:ids, :names) as t (id, name)
            """;

    private static final String INSERT_REFERENCES = """
            insert into correspondence_external_reference (correspondence, ordinal, type, value)
            select id, ordinal, type, value
              from unnest(:ids) as c (id),
                   unnest(:types, :values) with ordinality as r (type, value, ordinal)
            """;

    private static final String INSERT_OWN_REFERENCES = """
            insert into correspondence_external_reference (correspondence, ordinal, type, value)
            select id, :ordinal, :type, value
              from unnest(:ids, :values) as t (id, value)
            """;

    private static final String INSERT_STATUSES = """
            insert into correspondence_status (correspondence, status, text, changed, party_uuid)
            select id, status, text, :changed, :party
              from unnest(:ids) with ordinality as c (id, nth),
                   unnest(:statuses, :texts) with ordinality as s (status, text, step)
             order by nth, step
            """;

    /// Stores one correspondence for each recipient, with its first steps.
    ///
    /// @param dialogs the generated reference of each, in the order of `addressed`
    void insertAll(
            Transaction tx,
            Letter letter,
            PartyIdentifier sender,
            List<Addressed> addressed,
            List<ExternalReference> dialogs,
            Instant created,
            UUID by) {
        List<UUID> ids = addressed.stream().map(Addressed::id).toList();
        tx.handle()
                .createUpdate(INSERT)
                .bind("resource", letter.resource())
                .bind("sender", sender.urn())
                .bind("senders_reference", letter.sendersReference())
                .bind("message_sender", letter.messageSender().orElse(null))
                .bind("publish_time", utc(letter.requestedPublishTime()))
                .bind(
                        "due_time",
                        letter.dueDateTime().map(CorrespondenceStore::utc).orElse(null))
                .bind("properties", json(letter.propertyList()))
                .bind("reply_options", json(replyOptions(letter)))
                .bind("notification", letter.notification().orElse(null))
                .bind("ignore_reservation", letter.flags().ignoreReservation())
                .bind("confirmation_needed", letter.flags().confirmationNeeded())
                .bind("confidential", letter.flags().confidential())
                .bind("allow_forwarding", letter.flags().allowForwarding())
                .bind("created", utc(created))
                .bindArray("ids", UUID.class, ids)
                .bindArray("recipients", String.class, urns(addressed))
                .execute();
        tx.handle()
                .createUpdate(INSERT_CONTENT)
                .bind("language", letter.content().language())
                .bind("title", letter.content().title())
                .bind("summary", letter.content().summary())
                .bind("body", letter.content().body())
                .bind("placeholder", NAME_PLACEHOLDER)
                .bindArray("ids", UUID.class, ids)
                .bindArray("names", String.class, names(addressed))
                .execute();
        insertReferences(tx, letter.externalReferences(), ids, dialogs);
        insertStatuses(tx, ids, created, by);
    }

    private static void insertReferences(
            Transaction tx, List<ExternalReference> given, List<UUID> ids, List<ExternalReference> dialogs) {
        if (!given.isEmpty()) {
            tx.handle()
                    .createUpdate(INSERT_REFERENCES)
                    .bindArray("ids", UUID.class, ids)
                    .bindArray(
                            "types",
                            Integer.class,
                            given.stream()
                                    .map(reference -> reference.type().number())
                                    .toList())
                    .bindArray(
                            "values",
                            String.class,
                            given.stream().map(ExternalReference::value).toList())
                    .execute();
        }
        tx.handle()
                .createUpdate(INSERT_OWN_REFERENCES)
                .bind("ordinal", given.size() + 1)
                .bind("type", dialogs.getFirst().type().number())
                .bindArray("ids", UUID.class, ids)
                .bindArray(
                        "values",
                        String.class,
                        dialogs.stream().map(ExternalReference::value).toList())
                .execute();
    }

    private static void insertStatuses(Transaction tx, List<UUID> ids, Instant at, UUID by) {
        var steps = List.of(CorrespondenceStatus.INITIALIZED, CorrespondenceStatus.READY_FOR_PUBLISH);
        tx.handle()
                .createUpdate(INSERT_STATUSES)
                .bind("changed", utc(at))
                .bind("party", by)
                .bindArray("ids", UUID.class, ids)
                .bindArray(
                        "statuses",
                        Integer.class,
                        steps.stream().map(CorrespondenceStatus::number).toList())
                .bindArray(
                        "texts",
                        String.class,
                        steps.stream().map(CorrespondenceStatus::wire).toList())
                .execute();
    }

    private static List<String> urns(List<Addressed> addressed) {
        return addressed.stream().map(one -> one.recipient().urn()).toList();
    }

    private static List<String> names(List<Addressed> addressed) {
        return addressed.stream().map(Addressed::recipientName).toList();
    }

    // --- one correspondence ---

    private static final String FIND = """
            select id, resource, sender, recipient, senders_reference, message_sender, requested_publish_time,
                   due_date_time, property_list, reply_options, notification, ignore_reservation, confirmation_needed,
                   confidential, allow_forwarding, created, language, title, summary, body
              from correspondence
              join correspondence_content on correspondence = id
             where id = :id
            """;

    private static final String REFERENCES = """
            select type, value
              from correspondence_external_reference
             where correspondence = :id
             order by ordinal
            """;

    /// All steps, and of all the times it was fetched only the first: enough for every rule.
    private static final String HISTORY = """
            select status, text, changed, id
              from correspondence_status
             where correspondence = :id
             union all
            (select 3, 'Fetched', changed, id
              from correspondence_fetched
             where correspondence = :id
             order by changed, id
             limit 1)
             order by changed, id
            """;

    Optional<Correspondence> find(Transaction tx, UUID id) {
        List<ExternalReference> references = tx.handle()
                .createQuery(REFERENCES)
                .bind("id", id)
                .map((row, _) -> new ExternalReference(
                        WireEnum.of(ReferenceType.class, row.getInt("type")).orElseThrow(), row.getString("value")))
                .list();
        StatusHistory history = new StatusHistory(entries(tx, HISTORY, id));
        return tx.handle()
                .createQuery(FIND)
                .bind("id", id)
                .map((row, _) -> correspondence(row, references, history))
                .findOne();
    }

    private static final String LOCK = """
            select id
              from correspondence
             where id = :id
               for update
            """;

    /// As [#find]; nobody else takes a step in its life until the transaction ends.
    Optional<Correspondence> lock(Transaction tx, UUID id) {
        return tx.handle()
                .createQuery(LOCK)
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne()
                .flatMap(_ -> find(tx, id));
    }

    private static final String WHOLE_HISTORY = """
            select status, text, changed, id
              from correspondence_status
             where correspondence = :id
             union all
            select 3, 'Fetched', changed, id
              from correspondence_fetched
             where correspondence = :id
             order by changed, id
            """;

    /// Every step and every time it was fetched, in the order of time.
    List<Entry> wholeHistory(Transaction tx, UUID id) {
        return entries(tx, WHOLE_HISTORY, id);
    }

    private static List<Entry> entries(Transaction tx, String sql, UUID id) {
        return tx.handle()
                .createQuery(sql)
                .bind("id", id)
                .map((row, _) -> new Entry(
                        WireEnum.of(CorrespondenceStatus.class, row.getInt("status"))
                                .orElseThrow(),
                        row.getString("text"),
                        instant(row, "changed")))
                .list();
    }

    private static Correspondence correspondence(
            ResultSet row, List<ExternalReference> references, StatusHistory history) throws SQLException {
        var flags = new Letter.Flags(
                row.getBoolean("ignore_reservation"),
                row.getBoolean("confirmation_needed"),
                row.getBoolean("confidential"),
                row.getBoolean("allow_forwarding"));
        var content = new Letter.Content(
                row.getString("language"), row.getString("title"), row.getString("summary"), row.getString("body"));
        var letter = new Letter(
                row.getString("resource"),
                row.getString("senders_reference"),
                Optional.ofNullable(row.getString("message_sender")),
                content,
                instant(row, "requested_publish_time"),
                Optional.ofNullable(row.getObject("due_date_time", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant),
                references,
                parsed(row.getString("property_list"), new TypeReference<LinkedHashMap<String, String>>() {}),
                replyOptions(row.getString("reply_options")),
                Optional.ofNullable(row.getString("notification")),
                flags);
        return new Correspondence(
                row.getObject("id", UUID.class),
                party(row.getString("sender")),
                party(row.getString("recipient")),
                letter,
                instant(row, "created"),
                history);
    }

    // --- steps ---

    private static final String ADD_STATUS = """
            insert into correspondence_status (correspondence, status, text, changed, party_uuid)
            values (:id, :status, :text, :changed, :party)
            """;

    /// Appends a step.
    ///
    /// @param by the party whose doing it is; null for the service itself
    void add(Transaction tx, UUID id, CorrespondenceStatus status, String text, Instant at, @Nullable UUID by) {
        tx.handle()
                .createUpdate(ADD_STATUS)
                .bind("id", id)
                .bind("status", status.number())
                .bind("text", text)
                .bind("changed", utc(at))
                .bind("party", by)
                .execute();
    }

    private static final String ADD_FETCHED = """
            insert into correspondence_fetched (correspondence, changed, party_uuid)
            select :id, :changed, :party
             where not exists
                   (select 1
                      from correspondence_fetched
                     where correspondence = :id
                       and party_uuid = :party
                       and changed > :since)
            """;

    /// Notes that a party has fetched it, unless the same party did so less than `debounce` ago.
    void addFetched(Transaction tx, UUID id, Instant at, UUID by, Duration debounce) {
        tx.handle()
                .createUpdate(ADD_FETCHED)
                .bind("id", id)
                .bind("changed", utc(at))
                .bind("party", by)
                .bind("since", utc(at.minus(debounce)))
                .execute();
    }

    // --- search: one statement for each role ---

    private static final String SENT = """
            select c.id
              from correspondence c
             where c.resource = :resource
               and c.sender = :party
               and (:from::timestamptz is null or c.requested_publish_time > :from::timestamptz)
               and (:to::timestamptz is null or c.requested_publish_time < :to::timestamptz)
               and (:reference::text is null or c.senders_reference = :reference)
               and (:status::int is null or exists
                       (select 1 from correspondence_status s where s.correspondence = c.id and s.status = :status))
             order by c.requested_publish_time desc, c.id desc
             limit :limit
            """;

    private static final String RECEIVED = """
            select c.id
              from correspondence c
             where c.resource = :resource
               and c.recipient = :party
               and (:from::timestamptz is null or c.requested_publish_time > :from::timestamptz)
               and (:to::timestamptz is null or c.requested_publish_time < :to::timestamptz)
               and (:reference::text is null or c.senders_reference = :reference)
               and (:status::int is null or (:status not in (0, 1, 11) and exists
                       (select 1 from correspondence_status s where s.correspondence = c.id and s.status = :status)))
               and (select s.status
                      from correspondence_status s
                     where s.correspondence = c.id
                     order by s.changed desc, s.id desc
                     limit 1) not in (0, 1, 11)
             order by c.requested_publish_time desc, c.id desc
             limit :limit
            """;

    private static final String SENT_OR_RECEIVED = """
            select id
              from ((select c.id, c.requested_publish_time
                       from correspondence c
                      where c.resource = :resource
                        and c.sender = :party
                        and (:from::timestamptz is null or c.requested_publish_time > :from::timestamptz)
                        and (:to::timestamptz is null or c.requested_publish_time < :to::timestamptz)
                        and (:reference::text is null or c.senders_reference = :reference)
                        and (:status::int is null or exists
                                (select 1
                                   from correspondence_status s
                                  where s.correspondence = c.id
                                    and s.status = :status))
                      order by c.requested_publish_time desc, c.id desc
                      limit :limit)
                     union
                    (select c.id, c.requested_publish_time
                       from correspondence c
                      where c.resource = :resource
                        and c.recipient = :party
                        and (:from::timestamptz is null or c.requested_publish_time > :from::timestamptz)
                        and (:to::timestamptz is null or c.requested_publish_time < :to::timestamptz)
                        and (:reference::text is null or c.senders_reference = :reference)
                        and (:status::int is null or (:status not in (0, 1, 11) and exists
                                (select 1
                                   from correspondence_status s
                                  where s.correspondence = c.id
                                    and s.status = :status)))
                        and (select s.status
                               from correspondence_status s
                              where s.correspondence = c.id
                              order by s.changed desc, s.id desc
                              limit 1) not in (0, 1, 11)
                      order by c.requested_publish_time desc, c.id desc
                      limit :limit)) as found
             order by requested_publish_time desc, id desc
             limit :limit
            """;

    /// The newest by publish time first. A status of the filter is one that it ever had. The recipient's
    /// side is not
    /// shown what is not published yet. Spec: correspondence §2.2 P6.
    List<UUID> search(Transaction tx, PartyIdentifier party, SearchQuery query) {
        String sql = switch (query.role()) {
            case SENDER -> SENT;
            case RECIPIENT -> RECEIVED;
            case RECIPIENT_AND_SENDER -> SENT_OR_RECEIVED;
        };
        return filtered(tx.handle().createQuery(sql), party, query)
                .mapTo(UUID.class)
                .list();
    }

    private static <S extends SqlStatement<S>> S filtered(S statement, PartyIdentifier party, SearchQuery query) {
        return statement
                .bind("resource", query.resource())
                .bind("party", party.urn())
                .bind("from", query.from().map(CorrespondenceStore::utc).orElse(null))
                .bind("to", query.to().map(CorrespondenceStore::utc).orElse(null))
                .bind("reference", query.sendersReference().orElse(null))
                .bind("status", query.status().map(CorrespondenceStatus::number).orElse(null))
                .bind("limit", MOST_FOUND);
    }

    // --- columns ---

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static PartyIdentifier party(String urn) {
        return Recipient.party(urn)
                .orElseThrow(() -> new IllegalStateException("a party is stored in a form that nobody reads"));
    }

    /// A reply option as the wire writes it.
    private record StoredReplyOption(
            String linkURL, @Nullable String linkText) {}

    private static List<StoredReplyOption> replyOptions(Letter letter) {
        return letter.replyOptions().stream()
                .map(option -> new StoredReplyOption(option.url(), option.text().orElse(null)))
                .toList();
    }

    private static List<ReplyOption> replyOptions(String json) {
        var options = new ArrayList<ReplyOption>();
        parsed(json, new TypeReference<List<StoredReplyOption>>() {})
                .forEach(stored ->
                        options.add(new ReplyOption(stored.linkURL(), Optional.ofNullable(stored.linkText()))));
        return options;
    }

    private static String json(Object value) {
        try {
            return Json.FULL.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written as JSON", e);
        }
    }

    private static <T> T parsed(String json, TypeReference<T> type) {
        try {
            return Json.FULL.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds JSON that we did not write", e);
        }
    }
}

package no.budstikke.event;

import no.budstikke.database.Database;
import org.jspecify.annotations.Nullable;

/// The table `trace_log`: what other components tell of their attempts. Read by nobody here. Spec:
/// events §2.15, §7.3.
final class TraceStore {

    private static final String ADD = """
            insert into trace_log (cloudeventid, resource, eventtype, consumer, subscriptionid, responsecode,
                                   subscriberendpoint, activity)
            values (:id, :resource, :type, :consumer, :subscription, :status, :endpoint, :activity)
            """;

    private final Database database;

    TraceStore(Database database) {
        this.database = database;
    }

    void add(TraceEntry entry) {
        database.useTransaction(tx -> tx.handle()
                .createUpdate(ADD)
                .bind("id", entry.cloudEventId())
                .bind("resource", emptyToNull(entry.resource()))
                .bind("type", emptyToNull(entry.eventType()))
                .bind("consumer", emptyToNull(entry.consumer()))
                .bind(
                        "subscription",
                        entry.subscriptionId().isPresent()
                                ? (Integer) entry.subscriptionId().getAsInt()
                                : null)
                .bind("status", entry.statusCode())
                .bind("endpoint", entry.endpoint())
                .bind("activity", entry.activity())
                .execute());
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}

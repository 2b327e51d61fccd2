package no.budstikke.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import no.budstikke.database.Transaction;
import no.budstikke.http.Json;

/// The table `resource`.
final class ResourceStore {

    private static final String ALL = """
            select document, policy
              from resource
            """;

    List<ResourceRegistry.Entry> all(Transaction tx) {
        return tx.handle()
                .createQuery(ALL)
                .map((row, _) -> ResourceRegistry.Entry.of(read(row.getString("document")), row.getString("policy")))
                .list();
    }

    private static final String ADD = """
            insert into resource (id, document, policy)
            values (:id, :document::jsonb, :policy)
            on conflict do nothing
            """;

    /// Adds those that are not there yet.
    void add(Transaction tx, List<ResourceRegistry.Entry> entries) {
        var batch = tx.handle().prepareBatch(ADD);
        for (ResourceRegistry.Entry entry : entries) {
            batch.bind("id", entry.resource().id())
                    .bind("document", entry.document().toString())
                    .bind("policy", entry.policy())
                    .add();
        }
        batch.execute();
    }

    private static JsonNode read(String document) {
        try {
            return Json.FULL.readTree(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored resource can't be read", e);
        }
    }
}

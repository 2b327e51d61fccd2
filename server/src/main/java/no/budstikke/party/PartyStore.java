package no.budstikke.party;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import no.budstikke.database.Transaction;

/// The table `party`.
final class PartyStore {

    private static final String ALL = """
            select id, uuid, identifier, name, user_id, code, main_unit
              from party
            """;

    List<PartyRegister.Entry> all(Transaction tx) {
        return tx.handle().createQuery(ALL).map((row, _) -> entry(row)).list();
    }

    private static PartyRegister.Entry entry(ResultSet row) throws SQLException {
        String identifier = row.getString("identifier");
        var party = new Party(
                row.getObject("uuid", UUID.class),
                row.getInt("id"),
                PartyIdentifier.parse(identifier)
                        .orElseThrow(() -> new IllegalStateException("party " + identifier + " can't be read")),
                row.getString("name"));
        Integer userId = row.getObject("user_id", Integer.class);
        return new PartyRegister.Entry(
                party,
                userId == null ? OptionalInt.empty() : OptionalInt.of(userId),
                Optional.ofNullable(row.getString("code")),
                Optional.ofNullable(row.getString("main_unit")).flatMap(OrganizationNumber::parse));
    }

    private static final String ADD = """
            insert into party (id, uuid, identifier, name, user_id, code, main_unit)
            values (:id, :uuid, :identifier, :name, :user_id, :code, :main_unit)
            on conflict do nothing
            """;

    /// Adds those that are not there yet; a main unit stands before its sub units.
    void add(Transaction tx, List<PartyRegister.Entry> entries) {
        var batch = tx.handle().prepareBatch(ADD);
        for (PartyRegister.Entry entry : entries) {
            batch.bind("id", entry.party().id())
                    .bind("uuid", entry.party().uuid())
                    .bind("identifier", entry.party().identifier().urn())
                    .bind("name", entry.party().name())
                    .bind(
                            "user_id",
                            entry.userId().isPresent()
                                    ? (Integer) entry.userId().getAsInt()
                                    : null)
                    .bind("code", entry.code().orElse(null))
                    .bind(
                            "main_unit",
                            entry.mainUnit().map(OrganizationNumber::urn).orElse(null))
                    .add();
        }
        batch.execute();
    }
}

package no.budstikke.subscription;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import no.budstikke.database.Transaction;
import no.budstikke.event.EventFeed;
import no.budstikke.event.LogPosition;

/// The cursors of subscribers that fetch their events themselves.
final class PullCursorStore {

    private static final String START = """
            insert into pull_cursor
                   (subscription, xid, position, stored, scanned_xid, scanned_position, scanned_stored)
            values (:subscription, :xid, :position, :stored, :xid, :position, :stored)
            on conflict do nothing
            """;

    /// A cursor that is there already stays where it is.
    void start(Transaction tx, int subscription, EventFeed.Place at) {
        tx.handle()
                .createUpdate(START)
                .bind("subscription", subscription)
                .bind("xid", at.at().xid())
                .bind("position", at.at().position())
                .bind("stored", at.stored().atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static final String FIND = """
            select xid, position, stored, scanned_xid, scanned_position, scanned_stored
              from pull_cursor
             where subscription = :subscription
            """;

    Optional<PullCursors.Cursor> find(Transaction tx, int subscription) {
        return tx.handle()
                .createQuery(FIND)
                .bind("subscription", subscription)
                .map((row, _) -> new PullCursors.Cursor(
                        place(row, "xid", "position", "stored"),
                        place(row, "scanned_xid", "scanned_position", "scanned_stored")))
                .findOne();
    }

    private static EventFeed.Place place(ResultSet row, String xid, String position, String stored)
            throws SQLException {
        return new EventFeed.Place(
                new LogPosition(row.getLong(xid), row.getLong(position)),
                row.getObject(stored, OffsetDateTime.class).toInstant());
    }

    /// One conditional statement, so that acknowledgements may come in any order and at once.
    private static final String ACKNOWLEDGE = """
            update pull_cursor
               set xid = :xid, position = :position, stored = :stored, acknowledged = :now,
                   scanned_xid      = case when ahead then scanned_xid else :xid end,
                   scanned_position = case when ahead then scanned_position else :position end,
                   scanned_stored   = case when ahead then scanned_stored else :stored end
              from (select (scanned_xid, scanned_position) > (:xid, :position) as ahead
                      from pull_cursor
                     where subscription = :subscription) before
             where subscription = :subscription
               and (xid, position) < (:xid, :position)
            """;

    /// Moves the cursor on to there; never back.
    void acknowledge(Transaction tx, int subscription, EventFeed.Place at, Instant now) {
        tx.handle()
                .createUpdate(ACKNOWLEDGE)
                .bind("subscription", subscription)
                .bind("xid", at.at().xid())
                .bind("position", at.at().position())
                .bind("stored", at.stored().atOffset(ZoneOffset.UTC))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static final String SCANNED = """
            update pull_cursor
               set scanned_xid = :xid, scanned_position = :position, scanned_stored = :stored
             where subscription = :subscription
               and (scanned_xid, scanned_position) < (:xid, :position)
            """;

    /// Notes that nothing matches from what was known to be scanned up to there.
    void scanned(Transaction tx, int subscription, EventFeed.Place at) {
        tx.handle()
                .createUpdate(SCANNED)
                .bind("subscription", subscription)
                .bind("xid", at.at().xid())
                .bind("position", at.at().position())
                .bind("stored", at.stored().atOffset(ZoneOffset.UTC))
                .execute();
    }
}

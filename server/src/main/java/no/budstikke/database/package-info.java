/// The database: connection pool, transactions, migrations, the embedded PostgreSQL. Knows no other room.
///
/// Statements are written where they are used, in the `…Store` classes of the rooms; this room only hands
/// out open
/// transactions.
@NullMarked
package no.budstikke.database;

import org.jspecify.annotations.NullMarked;

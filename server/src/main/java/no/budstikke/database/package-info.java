/// The database: the embedded PostgreSQL, the pool, transactions and migrations.
///
/// In comes a data directory or an address; out go connections and transactions. No room of ours is known here.
@NullMarked
package no.budstikke.database;

import org.jspecify.annotations.NullMarked;

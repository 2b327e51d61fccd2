package no.budstikke.database;

/// The embedded PostgreSQL could not be prepared, started or stopped. The message is one line for an operator: what was
/// tried, on which directory, and what PostgreSQL said.
public final class EmbeddedPostgresFailed extends RuntimeException {

    EmbeddedPostgresFailed(String message) {
        super(message);
    }

    EmbeddedPostgresFailed(String message, Throwable cause) {
        super(message, cause);
    }
}

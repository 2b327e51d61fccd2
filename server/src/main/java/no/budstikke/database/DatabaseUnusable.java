package no.budstikke.database;

/// The database can't be reached, or its schema can't be brought up to date. The message is for the
/// operator.
public final class DatabaseUnusable extends RuntimeException {

    private static final long serialVersionUID = 1;

    DatabaseUnusable(String message, Throwable cause) {
        super(message.lines().findFirst().orElse(message), cause);
    }
}

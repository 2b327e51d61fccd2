package no.budstikke.cli;

/// A command can't do what it was asked; the message is for the user and fits on one line.
class CommandFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    CommandFailed(String message) {
        super(message);
    }

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}

package no.budstikke.delivery;

/// The database failed the delivery room. The loops of the room try again; nothing is lost.
final class DeliveryFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    DeliveryFailed(String message, Throwable cause) {
        super(message, cause);
    }
}

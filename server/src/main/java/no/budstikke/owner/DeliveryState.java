package no.budstikke.owner;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Where a delivery stands.
enum DeliveryState {
    /// The endpoint took it.
    DELIVERED("delivered"),
    /// It is to be tried, for the first time or again.
    WAITING("waiting"),
    /// It was given up.
    FAILED("failed"),
    /// It was not sent, and will not be.
    NOT_SENT("notSent"),
    /// Nothing is on record of it, and nothing speaks against it.
    UNKNOWN("unknown");

    private final String word;

    DeliveryState(String word) {
        this.word = word;
    }

    /// As the API spells it.
    String word() {
        return word;
    }

    static Optional<DeliveryState> parse(String written) {
        return Arrays.stream(values())
                .filter(state -> state.word.equalsIgnoreCase(written))
                .findFirst();
    }

    /// What is on record of a delivery → where it stands.
    ///
    /// @param waits whether it is in the backlog
    /// @param givenUp whether it is among the dead letters
    /// @param outcomes of its attempts, the newest first
    static DeliveryState of(boolean waits, boolean givenUp, List<String> outcomes) {
        if (waits) {
            return WAITING;
        }
        if (givenUp || outcomes.isEmpty()) {
            return FAILED;
        }
        return switch (outcomes.getFirst()) {
            case "accepted" -> DELIVERED;
            case "denied", "withdrawn" -> NOT_SENT;
            default -> FAILED;
        };
    }
}

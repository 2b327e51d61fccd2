package no.budstikke.correspondence;

import java.util.Optional;
import java.util.UUID;

/// What comes of a use case: what was asked for, or a refusal.
sealed interface Outcome<T> {

    record Done<T>(T value) implements Outcome<T> {}

    /// A lawful no.
    ///
    /// @param detail   for people
    /// @param existing the correspondence that is there already, for [Refusal#KEY_USED]
    record Refused<T>(Refusal why, String detail, Optional<UUID> existing) implements Outcome<T> {}

    static <T> Outcome<T> refused(Refusal why) {
        return new Refused<>(why, why.text(), Optional.empty());
    }
}

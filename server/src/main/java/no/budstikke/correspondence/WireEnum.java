package no.budstikke.correspondence;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// An enumeration of the contract: written by its name in PascalCase; read by name in any case, or by
/// number. Spec:
/// correspondence §1.2.
interface WireEnum {

    String name();

    /// The contract's number; never changed, since it is stored.
    int number();

    /// The constant's name in PascalCase, such as `ReadyForPublish`.
    default String wire() {
        return Arrays.stream(name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    /// Reads a name or a number.
    static <E extends Enum<E> & WireEnum> Optional<E> parse(Class<E> type, String written) {
        String asked = written.strip();
        return Arrays.stream(type.getEnumConstants())
                .filter(known -> known.wire().equalsIgnoreCase(asked)
                        || Integer.toString(known.number()).equals(asked))
                .findFirst();
    }

    /// The constant with that number.
    static <E extends Enum<E> & WireEnum> Optional<E> of(Class<E> type, int number) {
        return Arrays.stream(type.getEnumConstants())
                .filter(known -> known.number() == number)
                .findFirst();
    }
}

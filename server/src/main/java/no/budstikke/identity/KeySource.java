package no.budstikke.identity;

import java.util.List;
import java.util.Optional;

/// Where the public keys of an issuer come from. Asked for every token that is not known yet, by many
/// threads
/// at once.
interface KeySource {

    /// The keys that a token with this key id may have been signed with: that key, and keys without an
    /// id; all
    /// keys when the token names none. Empty when there is no such key, or when the keys can't be had.
    List<SigningKey> candidates(Optional<String> keyId);

    /// Picks the candidates out of a set.
    static List<SigningKey> among(List<SigningKey> keys, Optional<String> keyId) {
        return keyId.isEmpty()
                ? keys
                : keys.stream()
                        .filter(key -> key.keyId().isEmpty() || key.keyId().equals(keyId))
                        .toList();
    }
}

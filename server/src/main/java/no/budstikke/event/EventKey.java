package no.budstikke.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What makes an event the same event: its id and its source, as 128 bits of SHA-256. The first half
/// depends on the id
/// alone, so that an event can also be found by its id, whatever its source. Why that is safe:
/// docs/decisions/0004-event-log.md.
///
/// @param idHash   64 bits over the id
/// @param pairHash 64 bits over the id and the source
record EventKey(long idHash, long pairHash) {

    static EventKey of(CloudEvent event) {
        MessageDigest digest = sha256();
        byte[] id = event.id().getBytes(StandardCharsets.UTF_8);
        long idHash = first64(digest.digest(id));
        digest.update(id);
        digest.update((byte) 0); // occurs in neither of the two
        return new EventKey(idHash, first64(digest.digest(event.source().getBytes(StandardCharsets.UTF_8))));
    }

    /// The first half of the key of every event with this id.
    static long idHash(String id) {
        return first64(sha256().digest(id.getBytes(StandardCharsets.UTF_8)));
    }

    private static long first64(byte[] digest) {
        return ByteBuffer.wrap(digest).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package no.budstikke.time;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// The only source of ids.
public final class Ids {

    private final InstantSource time;

    public Ids(InstantSource time) {
        this.time = time;
    }

    /// An unguessable id (UUID version 4).
    public UUID random() {
        return UUID.randomUUID();
    }

    /// An id that sorts by the time it was made, to the millisecond (UUID version 7, RFC 9562 §5.7). Not
    /// a secret.
    public UUID timeOrdered() {
        long millis = time.instant().toEpochMilli();
        var random = ThreadLocalRandom.current();
        long most = (millis << 16) | 0x7000L | random.nextInt(1 << 12);
        long least = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(most, least);
    }

    /// The same id for the same cause, every time (UUID version 8 over SHA-256, RFC 9562 §5.8). `parts`
    /// name what
    /// happened, to what, for whom.
    public static UUID derived(String... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            var bytes = ByteBuffer.wrap(digest.digest());
            long most = (bytes.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
            long least = (bytes.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
            return new UUID(most, least);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package no.budstikke.delivery;

import java.util.Optional;
import no.budstikke.event.CloudEvent;

/// Names the instance that an event belongs to, where deliveries are ordered: 64 bits of the
/// `resourceinstance`, or of the subject when there is none, as the log's shards go. Two instances that
/// share a key are sent one after the other too, which harms nobody.
final class InstanceKey {

    /// An event with neither: nothing waits for it, and it waits for nothing.
    static final long NONE = 0;

    private static final long FNV_START = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    private InstanceKey() {}

    static long of(CloudEvent event) {
        Optional<String> together = event.resourceInstance().or(event::subject);
        return together.isEmpty() ? NONE : hash(together.get());
    }

    /// FNV-1a over the characters. Kept in the backlog: it must not change.
    private static long hash(String text) {
        long hash = FNV_START;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash == NONE ? 1 : hash;
    }
}

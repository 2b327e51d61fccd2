package no.budstikke.correspondence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Every step that a correspondence has taken, in the order of time; Fetched may be among them. Spec:
/// correspondence
/// §5.1.
record StatusHistory(List<Entry> entries) {

    record Entry(CorrespondenceStatus status, String text, Instant changed) {}

    StatusHistory {
        entries = List.copyOf(entries);
    }

    /// The step with the highest number; Fetched does not count.
    Entry current() {
        return entries.stream()
                .filter(entry -> entry.status() != CorrespondenceStatus.FETCHED)
                .max(Comparator.comparing(Entry::status))
                .orElseThrow(() -> new IllegalStateException("a life without a beginning"));
    }

    boolean hasBeen(CorrespondenceStatus status) {
        return entries.stream().anyMatch(entry -> entry.status() == status);
    }

    boolean hasBeenPurged() {
        return entries.stream().anyMatch(entry -> entry.status().isPurged());
    }

    /// When that step was taken first.
    Optional<Instant> first(CorrespondenceStatus status) {
        return entries.stream()
                .filter(entry -> entry.status() == status)
                .map(Entry::changed)
                .findFirst();
    }

    /// Whether the recipient may know of it. Spec: correspondence §5.3.
    boolean isAvailableToRecipient() {
        return !hasBeenPurged()
                && switch (current().status()) {
                    case INITIALIZED, READY_FOR_PUBLISH, FAILED -> false;
                    case PURGED_BY_RECIPIENT, PURGED_BY_ALTINN -> false;
                    case PUBLISHED, FETCHED, READ, REPLIED, CONFIRMED, ARCHIVED, RESERVED -> true;
                    case ATTACHMENTS_DOWNLOADED, FORWARDED -> true;
                };
    }
}

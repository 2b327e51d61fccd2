package no.budstikke.correspondence;

/// A step in the life of a correspondence; the numbers order them. Spec: correspondence §1.2, §5.1.
enum CorrespondenceStatus implements WireEnum {
    INITIALIZED(0),
    READY_FOR_PUBLISH(1),
    PUBLISHED(2),
    FETCHED(3),
    READ(4),
    REPLIED(5),
    CONFIRMED(6),
    PURGED_BY_RECIPIENT(7),
    PURGED_BY_ALTINN(8),
    ARCHIVED(9),
    RESERVED(10),
    FAILED(11),
    ATTACHMENTS_DOWNLOADED(12),
    FORWARDED(13);

    private final int number;

    CorrespondenceStatus(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    boolean isPurged() {
        return this == PURGED_BY_RECIPIENT || this == PURGED_BY_ALTINN;
    }
}

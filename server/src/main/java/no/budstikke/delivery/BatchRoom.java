package no.budstikke.delivery;

/// How much more fits into one batch.
final class BatchRoom {

    /// Bytes of the events in one request. One that is larger by itself goes alone.
    static final int BYTES = 1024 * 1024;

    private int events;
    private long bytes = BYTES;

    BatchRoom(int events) {
        this.events = events;
    }

    void take(Delivery delivery) {
        events--;
        bytes -= delivery.event().body().length;
    }

    boolean fits(Delivery delivery) {
        return events > 0 && delivery.event().body().length <= bytes;
    }
}

package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Since when a subscription has got nothing but failures. Kept in the database only when it has lasted
/// for a while, so that an endpoint that fails now and then costs nothing.
final class Failures {

    private static final Duration WORTH_KEEPING = Duration.ofMinutes(1);

    /// What the database is to be told.
    enum News {
        NONE,
        KEEP,
        FORGET
    }

    /// Read without a lock for each success: null then, in the usual case.
    private volatile @Nullable Instant since;

    private volatile boolean kept;

    /// What the database said at start.
    void restore(Instant first) {
        since = first;
        kept = true;
    }

    /// A failure at `now`: since when it has been going on.
    synchronized Instant failed(Instant now) {
        Instant first = since;
        if (first == null) {
            since = now;
            return now;
        }
        return first;
    }

    /// Something was taken.
    void end() {
        if (since != null) {
            since = null;
        }
    }

    /// Since when; null when there are none.
    @Nullable
    Instant since() {
        return since;
    }

    /// What has changed for the database since the last call. For one thread.
    News news(Instant now) {
        Instant first = since;
        if (first == null) {
            boolean forget = kept;
            kept = false;
            return forget ? News.FORGET : News.NONE;
        }
        if (kept || now.isBefore(first.plus(WORTH_KEEPING))) {
            return News.NONE;
        }
        kept = true;
        return News.KEEP;
    }
}

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

    /// Something was taken. Returns whether the database is to be told.
    boolean end() {
        if (since == null) {
            return false;
        }
        since = null;
        return kept;
    }

    /// Since when; null when there are none.
    @Nullable
    Instant since() {
        return since;
    }

    /// What has changed for the database since it was [#told]. For one thread.
    News news(Instant now) {
        if (since == null) {
            return kept ? News.FORGET : News.NONE;
        }
        return now.isBefore(worthKeepingFrom()) ? News.NONE : News.KEEP;
    }

    /// From when on these failures are worth keeping, unless they end before; [Instant#MAX] when there
    /// are none, or the database has them.
    Instant worthKeepingFrom() {
        Instant first = since;
        return first == null || kept ? Instant.MAX : first.plus(WORTH_KEEPING);
    }

    /// The database was told.
    void told(News news) {
        kept = news == News.KEEP;
    }
}

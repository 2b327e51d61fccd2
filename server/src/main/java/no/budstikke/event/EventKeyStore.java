package no.budstikke.event;

import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets the keys of events that have left the log.
final class EventKeyStore {

    private static final Logger LOG = LoggerFactory.getLogger(EventKeyStore.class);

    /// 8 kB pages of `event_key` that one sweeping transaction looks at.
    private static final int PAGES_PER_SWEEP = 512;

    private EventKeyStore() {}

    /// Looks at every page of the keys, some megabytes in one short transaction: needs no index, which
    /// every publisher would pay for.
    static void forgetBefore(Handle sql, OffsetDateTime cutoff) {
        long pages = sql.createQuery("select pg_relation_size('event_key') / current_setting('block_size')::int")
                .mapTo(Long.class)
                .one();
        long swept = 0;
        for (long page = 0; page < pages; page += PAGES_PER_SWEEP) {
            swept += sql.createUpdate("""
                            delete from event_key
                             where ctid >= :from::tid
                               and ctid < :to::tid
                               and stored < :cutoff
                            """)
                    .bind("from", "(%d,0)".formatted(page))
                    .bind("to", "(%d,0)".formatted(page + PAGES_PER_SWEEP))
                    .bind("cutoff", cutoff)
                    .execute();
        }
        if (swept > 0) {
            LOG.info("Forgot the ids of {} events that are past the retention", swept);
        }
    }
}

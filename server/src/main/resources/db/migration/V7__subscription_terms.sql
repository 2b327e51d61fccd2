-- How a subscriber wants its deliveries, beyond what Altinn knows; and whether it gets any now.
alter table subscription
    alter column end_point drop not null,    -- none: the subscriber fetches its events itself
    add column notation        text,         -- 'party' or 'urn'; none: as the server is set up
    add column ordering        text,         -- 'resourceInstance'; none: unordered
    add column batch_max       integer,      -- most events in one request; none: one event, not in an array
    add column batch_wait_ms   integer,
    add column paused          timestamptz,
    add column disabled        timestamptz,
    add column disabled_reason text;

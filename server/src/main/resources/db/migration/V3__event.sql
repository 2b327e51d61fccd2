-- The event log. Design §4.1; docs/decisions/0004-event-log.md says why it looks like this.

-- Orders the rows of one transaction, nothing more: (xid, position) is the order of the log. Each session draws a
-- handful at a time.
create sequence event_position as bigint cache 50;

-- Append-only. One partition per UTC day of `stored`, made ahead and dropped by Partitions.
create table event (
    xid                 xid8        not null,
    position            bigint      not null,
    stored              timestamptz not null, -- the database's clock when the inserting statement began
    shard               smallint    not null,
    id                  text        not null collate "C",
    source              text        not null collate "C",
    type                text        not null collate "C",
    resource            text        not null collate "C",
    resource_instance   text collate "C",
    subject             text collate "C",
    alternative_subject text collate "C",
    time                text collate "C",     -- as it is sent
    body                text        not null collate "C"
) partition by range (stored);

-- Above some 2 kB a body goes out of line as it is; compressing it would cost every publisher CPU time.
alter table event alter column body set storage external;

-- For the feed. Inserts always go to its right edge.
create index event_in_order on event (xid, position);

-- For queries, which always name a resource.
create index event_by_resource on event (resource, xid, position);

-- Which events there are. Serves two questions with one index: "is this (source, id) there already" by the whole key,
-- and "where is the event with this id" (paging by `after`) by its first half. Swept by Partitions.
create table event_key (
    id_hash   bigint      not null, -- 64 bits of SHA-256(id)
    pair_hash bigint      not null, -- 64 bits of SHA-256(id, source)
    xid       xid8        not null,
    position  bigint      not null,
    stored    timestamptz not null,
    primary key (id_hash, pair_hash)
);

-- The first partitions, so that the log can be written as soon as the schema is there.
do $$
declare
    today date := (current_timestamp at time zone 'UTC')::date;
begin
    for ahead in 0..4 loop
        execute format('create table event_%s partition of event for values from (%L) to (%L)',
                       to_char(today + ahead, 'YYYYMMDD'),
                       to_char(today + ahead, 'YYYY-MM-DD') || ' 00:00:00+00',
                       to_char(today + ahead + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
    end loop;
end
$$;

-- Up to where each shard of the log is settled: every matched delivery before it was delivered, is in the backlog, or was given up.
-- Rewritten many times a second: room is left on the page for that.
create table feed_cursor (
    shard    smallint primary key,
    xid      bigint      not null,
    position bigint      not null,
    stored   timestamptz not null
) with (fillfactor = 20);

insert into feed_cursor (shard, xid, position, stored)
select shard, 0, 0, now()
  from generate_series(0, 15) as shard;

-- Deliveries that did not succeed at once. The event itself stays in the log, at (xid, position); `stored` finds its partition.
create table backlog (
    subscription integer     not null,
    xid          bigint      not null,
    position     bigint      not null,
    stored       timestamptz not null,
    attempts     smallint    not null,
    since        timestamptz not null,
    due          timestamptz not null,
    changed      timestamptz not null,
    reason       text        not null,
    primary key (subscription, xid, position)
);

create index backlog_due on backlog (subscription, due);

-- Deliveries that were given up: all attempts of the schedule failed.
create table dead_letter (
    subscription integer     not null,
    xid          bigint      not null,
    position     bigint      not null,
    stored       timestamptz not null,
    attempts     smallint    not null,
    since        timestamptz not null,
    died         timestamptz not null,
    reason       text        not null,
    primary key (subscription, xid, position)
);

-- One row for each HTTP request to a webhook, and for each delivery that was refused before one. Partitions are made and dropped by the program.
create table attempt (
    subscription integer     not null,
    xid          bigint      not null,
    position     bigint      not null,
    number       smallint    not null,
    started      timestamptz not null,
    millis       integer     not null,
    outcome      text        not null,
    status       smallint,
    detail       text,
    stored       timestamptz not null default now()
) partition by range (stored);

create index attempt_delivery on attempt (subscription, xid, position);

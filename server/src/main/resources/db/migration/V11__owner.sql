-- What the owner of a subscription does with its deliveries, and pulled subscriptions. docs/decisions/0013-owner.md says
-- why it looks like this.

-- How far a subscriber that fetches its events itself has got. `scanned` is never before what was acknowledged: between
-- the two nothing matched, so that nobody has to look there again.
create table pull_cursor (
    subscription     integer     primary key references subscription on delete cascade,
    xid              bigint      not null,
    position         bigint      not null,
    stored           timestamptz not null,
    acknowledged     timestamptz,          -- none: never
    scanned_xid      bigint      not null,
    scanned_position bigint      not null,
    scanned_stored   timestamptz not null
) with (fillfactor = 50);

-- Deliveries that are to be made once more, bit by bit. A job goes through the log, or through the dead letters, in the
-- order of the log; (xid, position) is how far it has got.
create table replay (
    id           bigint      generated always as identity primary key,
    subscription integer     not null references subscription on delete cascade,
    kind         text        not null,                    -- 'failed': dead letters; 'everything': all that matches
    since        timestamptz,                             -- failed: given up since then; everything: stored since then
    per_second   integer     not null,
    created      timestamptz not null,
    state        text        not null default 'running',  -- or 'done', 'cancelled', 'stopped'
    reason       text,                                    -- why it waits, or was stopped
    xid          bigint      not null,
    position     bigint      not null,
    stored       timestamptz not null,
    until_xid    bigint      not null,                    -- what was stored later is not repeated: it is sent anyway
    looked_at    bigint      not null default 0,
    requeued     bigint      not null default 0,
    next_round   timestamptz not null default clock_timestamp(), -- by the database's clock, so that nodes agree
    ended        timestamptz
) with (fillfactor = 50);

create index replay_of_subscription on replay (subscription, id);
create index replay_running on replay (next_round) where state = 'running';

-- What a replay or a resend has put there, and nobody has tried yet. Other rows don't pay for it.
create index backlog_requeued on backlog (subscription) where reason in ('replay', 'resend');

-- What was never sent: few, and nobody else pays for it.
create index attempt_not_sent on attempt (subscription, xid, position) where outcome in ('denied', 'withdrawn');

-- Order within an instance (resourceinstance, else subject) where a subscription asks for it.
alter table backlog
    add column instance bigint,                         -- a hash of what it must be in order with; none: unordered
    add column behind   boolean not null default false; -- waits for an earlier row of its instance

-- What waits behind another row is no reason to look.
drop index backlog_due;
create index backlog_due on backlog (subscription, due) where not behind;

create index backlog_instance on backlog (subscription, instance, xid, position) where instance is not null;

-- Subscriptions that have got nothing but failures for a while.
create table failing (
    subscription integer     primary key,
    since        timestamptz not null
);

-- Several nodes on one database. docs/decisions/0007-nodes.md says why it looks like this.

-- The nodes that run, or died a moment ago. Each holds a session lock for as long as its process lives, and beats.
create table node (
    id      integer     generated always as identity primary key,
    name    text        not null,                -- the application_name of its sessions
    started timestamptz not null default clock_timestamp(),
    beat    timestamptz not null default clock_timestamp(),
    leaving boolean     not null default false   -- it stops, and gives its shards away
) with (fillfactor = 20);

-- Who works on a shard of the log. Whoever takes it raises the epoch; what is written for the shard names the epoch
-- under which it was taken, so that a node that lost it can write nothing any more.
alter table feed_cursor
    add column node  integer,
    add column epoch bigint not null default 0;

-- What waits, and what was given up, belongs to the shard of its event.
alter table backlog     add column shard smallint not null default 0;
alter table dead_letter add column shard smallint not null default 0;

update backlog b
   set shard = e.shard
  from event e
 where e.xid = b.xid::text::xid8 and e.position = b.position;

update dead_letter d
   set shard = e.shard
  from event e
 where e.xid = d.xid::text::xid8 and e.position = d.position;

alter table backlog     alter column shard drop default;
alter table dead_letter alter column shard drop default;

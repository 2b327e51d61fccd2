-- What GET /app asks, and what other components tell of their attempts. docs/decisions/0006-app-events.md says why it looks like this.

-- The instant that an event's attribute `time` names. Every stored text is a date, a time and an offset, so the session's settings have no
-- say in it.
create function event_instant(written text) returns timestamptz
    language sql immutable strict parallel safe
    return written::timestamptz;

-- GET /app/party. Only apps' events pay for these two; their predicate must stand in the query word for word.
create index event_of_apps_by_subject on event (subject, xid, position)
    where starts_with(resource, 'urn:altinn:resource:app_');

-- GET /app/{org}/{app}?from=…: on which days there is anything so late.
create index event_of_apps_by_time on event (resource, event_instant(time))
    where starts_with(resource, 'urn:altinn:resource:app_');

-- POST /storage/events/logs, with the names that Altinn's reports use. Partitions are made and dropped by the program, like those of `attempt`.
create table trace_log (
    time               timestamptz not null default now(),
    cloudeventid       uuid        not null,
    resource           text,
    eventtype          text,
    consumer           text,
    subscriptionid     bigint,
    responsecode       integer,
    subscriberendpoint text        not null,
    activity           text        not null
) partition by range (time);

create index trace_log_event on trace_log (cloudeventid);

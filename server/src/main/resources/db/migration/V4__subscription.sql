-- Who wants to hear of what. Spec: events §4.1.
create table subscription (
    id                         integer generated always as identity primary key,
    end_point                  text        not null,
    source_filter              text,
    resource_filter            text        not null,
    subject_filter             text,
    alternative_subject_filter text,
    type_filter                text,
    include_subunits           boolean     not null,
    consumer                   text        not null,
    created_by                 text        not null,
    created                    timestamptz not null,
    validated                  boolean     not null default false
);

-- Two identical requests are one subscription, also when they come at the same moment; absent filters are equal.
-- Free text is hashed only because a row of an index has room for 2700 bytes.
create unique index subscription_once on subscription (
    consumer, resource_filter, include_subunits, md5(end_point), md5(source_filter), md5(subject_filter),
    md5(alternative_subject_filter), md5(type_filter)
) nulls not distinct;

-- Which subscriptions were inserted, updated or deleted, by whomever: every node polls this and brings its index
-- up to date. A reader remembers the oldest transaction that was still under way when it looked, and next time
-- reads from there on: it may see a change twice, but misses none, in whatever order transactions commit.
create table subscription_change (
    xid          bigint      not null default pg_current_xact_id()::text::bigint,
    subscription integer     not null,
    changed      timestamptz not null default now()
);

create index subscription_change_xid on subscription_change (xid);
create index subscription_change_changed on subscription_change (changed);

create function subscription_changed() returns trigger language plpgsql as $$
begin
    insert into subscription_change (subscription) values (coalesce(new.id, old.id));
    return null;
end
$$;

create trigger subscription_changed
    after insert or update or delete on subscription
    for each row execute function subscription_changed();

-- One row per recipient of an initialise request. Sender and recipient are URNs; the sender is always the service owner.
create table correspondence (
    id                     uuid        primary key,
    resource               text        not null,
    sender                 text        not null,
    recipient              text        not null,
    senders_reference      text        not null,
    message_sender         text,
    requested_publish_time timestamptz not null,
    due_date_time          timestamptz,
    property_list          json        not null,
    reply_options          json        not null,
    notification           json,
    ignore_reservation     boolean     not null,
    confirmation_needed    boolean     not null,
    confidential           boolean     not null,
    allow_forwarding       boolean     not null,
    created                timestamptz not null
);

create index correspondence_of_recipient on correspondence (recipient, resource, requested_publish_time desc, id desc);
create index correspondence_of_sender on correspondence (sender, resource, requested_publish_time desc, id desc);
create index correspondence_by_reference on correspondence (senders_reference);

create table correspondence_content (
    correspondence uuid primary key references correspondence on delete cascade,
    language       text not null,
    title          text not null,
    summary        text not null,
    body           text not null
);

-- The life of a correspondence: appended to, never changed. "status" is the contract's number.
create table correspondence_status (
    id             bigint      generated always as identity primary key,
    correspondence uuid        not null references correspondence on delete cascade,
    status         smallint    not null,
    text           text        not null,
    changed        timestamptz not null,
    party_uuid     uuid
);

create index correspondence_status_of on correspondence_status (correspondence, changed desc, id desc);

-- Fetched is kept apart: it may happen any number of times, and never is the current status.
create table correspondence_fetched (
    id             bigint      generated always as identity primary key,
    correspondence uuid        not null references correspondence on delete cascade,
    changed        timestamptz not null,
    party_uuid     uuid
);

create index correspondence_fetched_of on correspondence_fetched (correspondence, changed desc);

create table correspondence_external_reference (
    correspondence uuid     not null references correspondence on delete cascade,
    ordinal        smallint not null,
    type           smallint not null,
    value          text     not null,
    primary key (correspondence, ordinal)
);

-- A key belongs to a service owner for ever.
create table correspondence_idempotency_key (
    service_owner  text not null,
    key            uuid not null,
    correspondence uuid not null,
    primary key (service_owner, key)
);

-- Signatures, and what a subscription's owner has handed over so that its endpoint lets us in.

alter table subscription
    add column signature text; -- 'SECRET_AND_KEY'; none: with the secret alone

-- Both columns are sealed (AES-GCM, setting credentials.key). A subscription without a row has the secret it was born with.
create table subscription_credential (
    subscription integer primary key references subscription on delete cascade,
    secrets      bytea,           -- the signing secrets that were shown to the owner
    credentials  bytea,           -- trusted certificates, client certificate, token endpoint
    changed      bigint not null default pg_current_xact_id()::text::bigint -- set anew with every update; nodes poll for it
);

create index subscription_credential_changed on subscription_credential (changed);

-- This server's keys for signatures that everybody can verify. All nodes have the same.
create table signing_key (
    id        text        primary key, -- RFC 7638 thumbprint: the kid
    sealed    bytea       not null,    -- PKCS #8, sealed like the above
    published bytea       not null,    -- the public half, 32 bytes
    created   timestamptz not null,
    ends      timestamptz              -- signs no more from then on; none: the newest
);

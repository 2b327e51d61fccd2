-- Who there is. Spec: authorization §12.
create table party (
    id         integer primary key,
    uuid       uuid    not null unique,
    -- the canonical URN, such as urn:altinn:organization:identifier-no:123456789
    identifier text    not null unique,
    name       text    not null,
    -- persons who can log in
    user_id    integer unique,
    -- service owners' code, such as ttd
    code       text    unique,
    -- the organisation that a sub unit belongs to, as URN
    main_unit  text references party (identifier)
);

-- What may be sent, and the policy that says who may do what with it. Spec: authorization §14.
create table resource (
    id       text  primary key,
    -- as GET resource/{id} answers it
    document jsonb not null,
    -- XACML 3.0, as it was given
    policy   text  not null
);

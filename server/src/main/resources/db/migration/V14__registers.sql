-- Parties and resources are kept in memory by every node, and filled by whoever has SQL: each change moves its
-- register's number on, in the changing transaction, so that the nodes see that there is something to read anew.
create table register_version (
    register text   primary key,
    version  bigint not null default 0
);

insert into register_version (register) values ('party'), ('resource');

create function register_changed() returns trigger language plpgsql as $$
begin
    execute format('update %I.register_version set version = version + 1 where register = %L',
                   tg_table_schema, tg_table_name);
    return null;
end
$$;

create trigger register_changed
    after insert or update or delete or truncate on party
    for each statement execute function register_changed();

create trigger register_changed
    after insert or update or delete or truncate on resource
    for each statement execute function register_changed();

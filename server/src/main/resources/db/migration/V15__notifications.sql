-- Tells the nodes that there is something to read anew, so that none has to ask. docs/decisions/0015-notifications.md
-- says why these tables and no others. What was the same is told once for each transaction, when it commits.
--
-- Never on what publishing and delivering write (event, event_key, attempt, backlog, feed_cursor): transactions that
-- notify commit one after the other.
create function notify_nodes() returns trigger language plpgsql as $$
begin
    perform pg_notify('budstikke', tg_argv[0]);
    return null;
end
$$;

create trigger notify_nodes
    after insert or update or delete on subscription
    for each statement execute function notify_nodes('subscription');

create trigger notify_nodes
    after insert or update or delete on subscription_credential
    for each statement execute function notify_nodes('credential');

create trigger notify_nodes
    after insert or update or delete on signing_key
    for each statement execute function notify_nodes('credential');

-- Parties and resources: their own triggers count there.
create trigger notify_nodes
    after insert or update on register_version
    for each statement execute function notify_nodes('register');

-- Who came or went, so that the shards are shared out at once. Beats are updates.
create trigger notify_nodes
    after insert or delete on node
    for each statement execute function notify_nodes('node');

-- A job's rounds update its row several times a second; only its beginning is news.
create trigger notify_nodes
    after insert on replay
    for each statement execute function notify_nodes('replay');

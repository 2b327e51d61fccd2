-- W3C trace context: what a publish was part of goes on to the webhooks, beside the event and never in it.
-- docs/decisions/0008-metrics-and-tracing.md. No rewrite: old rows have none.
alter table event add column traceparent text collate "C";

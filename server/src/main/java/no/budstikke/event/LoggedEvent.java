package no.budstikke.event;

import java.time.Instant;
import java.util.Optional;
import no.budstikke.observe.Traceparent;

/// An event at its place in the log.
///
/// @param shard 0 … [EventLog#SHARDS] − 1, by the resource instance, else the subject: what belongs
///     together is in one shard
/// @param stored when it was written
/// @param context what the publishing of it was part of, if somebody traced it
public record LoggedEvent(LogPosition at, int shard, Instant stored, CloudEvent event, Optional<Traceparent> context) {}

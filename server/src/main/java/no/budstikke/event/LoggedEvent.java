package no.budstikke.event;

import java.time.Instant;

/// An event at its place in the log.
///
/// @param shard  0 … [EventLog#SHARDS] − 1, by the resource instance, else the subject: what belongs
///               together is in
///               one
/// shard
/// @param stored when it was written
public record LoggedEvent(LogPosition at, int shard, Instant stored, CloudEvent event) {}

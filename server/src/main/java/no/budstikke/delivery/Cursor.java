package no.budstikke.delivery;

import java.time.Instant;
import no.budstikke.event.LogPosition;

/// Up to where a shard of the log is settled.
///
/// @param stored when the event there was written; finds the partition to read on from
record Cursor(LogPosition at, Instant stored) {}

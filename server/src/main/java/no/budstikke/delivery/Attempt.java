package no.budstikke.delivery;

import java.time.Instant;
import no.budstikke.event.LogPosition;

/// One HTTP request to a webhook, or a delivery that was refused before one.
///
/// @param number  1 for the first attempt of its delivery
/// @param millis  from the start to the outcome
record Attempt(int subscription, LogPosition at, int number, Instant started, int millis, Outcome outcome) {}

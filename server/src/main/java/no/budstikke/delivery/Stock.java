package no.budstikke.delivery;

import java.time.Duration;

/// What is still to do, on all nodes together, as the database knows it.
///
/// @param lagEvents events in the log that the cursors have not passed, counted to 100 000
/// @param lag age of the oldest of them: how far the cursors are behind; zero when they are at the end
/// @param backlog deliveries that wait for another attempt
/// @param oldestBacklog age of the oldest of these; zero when there are none
/// @param deadLetters deliveries that were given up and are kept
public record Stock(long lagEvents, Duration lag, long backlog, Duration oldestBacklog, long deadLetters) {}

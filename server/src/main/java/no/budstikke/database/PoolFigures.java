package no.budstikke.database;

/// The pool of connections as it stands now.
///
/// @param active lent out, those included that a thread keeps for good
/// @param idle ready
/// @param waiting threads that wait for one
/// @param most as many as there may be
public record PoolFigures(int active, int idle, int waiting, int most) {}

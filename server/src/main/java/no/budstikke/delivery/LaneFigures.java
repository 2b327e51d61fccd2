package no.budstikke.delivery;

/// The lanes as they stand now.
///
/// @param lanes subscriptions that have had something to get since the start
/// @param waiting deliveries that wait in them
/// @param underWay attempts being made, or about to be
/// @param openCircuits endpoints that count as down
public record LaneFigures(int lanes, int waiting, int underWay, int openCircuits) {}

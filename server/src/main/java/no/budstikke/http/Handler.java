package no.budstikke.http;

/// Answers one request. Runs on a virtual thread of its own and may block. What it throws becomes a 500
/// problem.
@FunctionalInterface
public interface Handler {

    Reply handle(Request request);
}

package no.budstikke.event;

import java.util.Optional;
import java.util.stream.Collectors;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;

/// A page of events as an answer, with the header `next`. Spec: events §2.4, §2.7.
///
/// @param baseUrl what stands before the path in `next`, without a slash at the end
record PageReply(String baseUrl) {

    /// `next` goes on after the last event that was looked at, seen or not: a reader who may see none of
    /// a page still comes to the next one.
    ///
    /// @param subject added to `next`, for the page of a query by alternative subject
    Reply of(Request request, QueryEvents.Found found, Optional<String> subject) {
        String events = found.seen().stream().map(CloudEvent::jsonInUtc).collect(Collectors.joining(", ", "[", "]"));
        Reply reply = Reply.text(200, Reply.CLOUD_EVENTS, events);
        return found.lastScanned()
                .map(last ->
                        reply.with("next", NextPage.address(baseUrl, request.path(), request.query(), last, subject)))
                .orElse(reply);
    }
}

package no.budstikke.owner;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import no.budstikke.event.CloudEvent;
import no.budstikke.event.LoggedEvent;
import org.jspecify.annotations.Nullable;

/// Deliveries as the API shows them; what there is not is left out.
///
/// @param attempts made since it was first tried, or last resent; none when it is over
/// @param nextTry when it is due
/// @param failedAt when it was given up
/// @param tries newest first
record DeliveryReply(
        @Nullable Event event,
        String state,
        @Nullable Reason reason,
        @Nullable Integer attempts,
        @Nullable String since,
        @Nullable String nextTry,
        @Nullable String failedAt,
        @Nullable String waitsFor,
        List<Try> tries) {

    DeliveryReply {
        tries = List.copyOf(tries);
    }

    /// What the event is called. Of one that the owner has no right to, only the id is told.
    ///
    /// @param stored when it was published, by the database's clock
    record Event(
            String id,
            @Nullable String source,
            @Nullable String type,
            @Nullable String resource,
            @Nullable String resourceInstance,
            @Nullable String subject,
            String stored) {}

    /// @param kind `access`, `filter`, `subscription` or `unknown`
    /// @param filter its name, when it was a filter
    record Reason(String kind, @Nullable String filter, String text) {}

    /// @param outcome `accepted`, `rejected`, `timedOut`, `unreachable`, `barred`, `denied` or
    ///     `withdrawn`
    /// @param answer the first 2 kB of what the endpoint said, whatever the status; none when it said
    ///     nothing
    /// @param error what went wrong before there was an answer
    record Try(
            int number,
            String at,
            int milliseconds,
            String outcome,
            @Nullable Integer status,
            @Nullable String answer,
            @Nullable String error) {}

    /// @param next address of the next page
    record Page(List<DeliveryReply> deliveries, @Nullable String next) {

        Page {
            deliveries = List.copyOf(deliveries);
        }
    }

    /// @param recentOutcomes of the attempts at the newest deliveries, at most two thousand
    record Summary(String status, Waiting waiting, Failed failed, Map<String, Integer> recentOutcomes) {}

    record Waiting(
            int count,
            @Nullable String oldest,
            @Nullable Long oldestAgeSeconds,
            @Nullable String nextTry) {}

    record Failed(
            int count, @Nullable String oldest, @Nullable Long oldestAgeSeconds) {}

    static DeliveryReply of(Listed listed) {
        Optional<DeliveryStore.Kept> kept = listed.kept();
        boolean waits = listed.state() == DeliveryState.WAITING;
        boolean failed = listed.state() == DeliveryState.FAILED;
        return new DeliveryReply(
                listed.event().map(event -> event(event, listed.mayBeShown())).orElse(null),
                listed.state().word(),
                listed.reason().map(DeliveryReply::reason).orElse(null),
                kept.map(DeliveryStore.Kept::attempts).orElse(null),
                kept.map(row -> row.since().toString()).orElse(null),
                kept.filter(_ -> waits).map(row -> row.when().toString()).orElse(null),
                kept.filter(_ -> failed).map(row -> row.when().toString()).orElse(null),
                kept.filter(_ -> waits).map(DeliveryStore.Kept::reason).orElse(null),
                listed.attempts().stream().map(DeliveryReply::attempt).toList());
    }

    private static Event event(LoggedEvent logged, boolean whole) {
        CloudEvent event = logged.event();
        return whole
                ? new Event(
                        event.id(),
                        event.source(),
                        event.type(),
                        event.resource(),
                        event.resourceInstance().orElse(null),
                        event.subject().orElse(null),
                        logged.stored().toString())
                : new Event(
                        event.id(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        logged.stored().toString());
    }

    private static Reason reason(Listed.Reason reason) {
        return switch (reason) {
            case Listed.Reason.NoRight(String text) -> new Reason("access", null, text);
            case Listed.Reason.Filter(String filter, String text) -> new Reason("filter", filter, text);
            case Listed.Reason.Standing(String text) -> new Reason("subscription", null, text);
            case Listed.Reason.Unknown(String text) -> new Reason("unknown", null, text);
        };
    }

    private static Try attempt(DeliveryStore.Attempt attempt) {
        boolean answered = attempt.status().isPresent();
        return new Try(
                attempt.number(),
                attempt.started().toString(),
                attempt.millis(),
                camelCase(attempt.outcome()),
                attempt.status().isPresent() ? attempt.status().getAsInt() : null,
                attempt.detail().filter(_ -> answered).orElse(null),
                attempt.detail().filter(_ -> !answered).orElse(null));
    }

    static Summary summary(
            String status,
            DeliveryStore.Count waiting,
            DeliveryStore.Count failed,
            Map<String, Integer> recent,
            Instant now) {
        return new Summary(
                status,
                new Waiting(
                        waiting.count(),
                        waiting.oldest().map(Instant::toString).orElse(null),
                        age(waiting, now),
                        waiting.next().map(Instant::toString).orElse(null)),
                new Failed(
                        failed.count(), failed.oldest().map(Instant::toString).orElse(null), age(failed, now)),
                recent.entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> camelCase(entry.getKey()), Map.Entry::getValue, Integer::sum, TreeMap::new)));
    }

    private static @Nullable Long age(DeliveryStore.Count count, Instant now) {
        return count.oldest()
                .map(oldest -> Math.max(0, Duration.between(oldest, now).toSeconds()))
                .orElse(null);
    }

    /// The outcome as the API spells it: `timedOut` for `timed-out`.
    private static String camelCase(String word) {
        String[] parts = word.split("-", -1);
        return parts[0]
                + Arrays.stream(parts)
                        .skip(1)
                        .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
                        .collect(Collectors.joining());
    }
}

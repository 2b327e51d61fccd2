package no.budstikke.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What came of one attempt. Spec: events §6.2.
sealed interface Outcome {

    /// 410: the endpoint wants nothing more.
    int GONE = 410;

    /// The endpoint took the event: any 2xx.
    ///
    /// @param answer the beginning of what it said; mostly nothing
    record Accepted(int status, String answer) implements Outcome {

        Accepted(int status) {
            this(status, "");
        }
    }

    /// The endpoint answered, but not with 2xx.
    ///
    /// @param answer the beginning of what it said
    /// @param retryAfter the field `Retry-After` as it was sent: seconds or a date (RFC 9110 §10.2.3)
    record Rejected(int status, String answer, Optional<String> retryAfter) implements Outcome {}

    /// No complete answer within the time for one attempt.
    record TimedOut() implements Outcome {}

    /// No connection, or one that broke.
    record Unreachable(String error) implements Outcome {}

    /// The endpoint's address is one that we don't send to.
    record Barred(String reason) implements Outcome {}

    /// The access token that the endpoint asks for could not be had; nothing was sent.
    record NoToken(String reason) implements Outcome {}

    /// The consumer has no right to this event; nothing was sent.
    ///
    /// @param why one sentence
    record Denied(String why) implements Outcome {}

    /// The subscription is gone; nothing was sent.
    record Withdrawn() implements Outcome {}

    /// The word for it in the table of attempts.
    default String word() {
        return switch (this) {
            case Accepted _ -> "accepted";
            case Rejected _ -> "rejected";
            case TimedOut _ -> "timed-out";
            case Unreachable _ -> "unreachable";
            case Barred _ -> "barred";
            case NoToken _ -> "no-token";
            case Denied _ -> "denied";
            case Withdrawn _ -> "withdrawn";
        };
    }

    /// The HTTP status, when there was an answer.
    default Optional<Integer> httpStatus() {
        return switch (this) {
            case Accepted accepted -> Optional.of(accepted.status());
            case Rejected rejected -> Optional.of(rejected.status());
            case TimedOut _, Unreachable _, Barred _, NoToken _, Denied _, Withdrawn _ -> Optional.empty();
        };
    }

    /// What else there is to tell.
    default Optional<String> explanation() {
        return switch (this) {
            case Accepted accepted -> said(accepted.answer());
            case Rejected rejected -> said(rejected.answer());
            case Unreachable unreachable -> Optional.of(unreachable.error());
            case Barred barred -> Optional.of(barred.reason());
            case Denied denied -> Optional.of(denied.why());
            case NoToken noToken -> Optional.of(noToken.reason());
            case TimedOut _, Withdrawn _ -> Optional.empty();
        };
    }

    private static Optional<String> said(String answer) {
        return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
    }

    /// Whether it speaks for or against the health of the endpoint. An answer such as 400 is about the
    /// event, and comes from an endpoint that is alive.
    default Health health() {
        return switch (this) {
            case Accepted _ -> Health.GOOD;
            case Rejected rejected -> isOfTheEndpoint(rejected.status()) ? Health.BAD : Health.GOOD;
            case TimedOut _, Unreachable _, Barred _, NoToken _ -> Health.BAD;
            case Denied _, Withdrawn _ -> Health.UNKNOWN;
        };
    }

    /// Whether it says that the endpoint has more to do than it can. Standard Webhooks names these
    /// statuses.
    default Load load() {
        return switch (this) {
            case Accepted _ -> Load.BEARABLE;
            case Rejected rejected ->
                switch (rejected.status()) {
                    case 429, 502, 503, 504 -> Load.TOO_MUCH;
                    default -> Load.BEARABLE;
                };
            case TimedOut _, Unreachable _ -> Load.NO_ANSWER;
            case Barred _, NoToken _, Denied _, Withdrawn _ -> Load.UNKNOWN;
        };
    }

    /// How long it asked to wait with the next try.
    default Optional<Duration> retryAfter(Instant now) {
        return this instanceof Rejected rejected
                ? rejected.retryAfter().flatMap(field -> RetryAfter.parse(field, now))
                : Optional.empty();
    }

    /// How long the endpoint as a whole asked to be left alone. The field says so with 503 (RFC 9110
    /// §10.2.3) and 429 (RFC 6585 §4); with other statuses it is about this one event.
    default Optional<Duration> restAskedFor(Instant now) {
        return httpStatus().filter(status -> status == 429 || status == 503).flatMap(_ -> retryAfter(now));
    }

    /// Whether the endpoint is alive and does not want what it was sent: another try may be refused for
    /// the same reason.
    default boolean isRefusal() {
        return this instanceof Rejected rejected && !isOfTheEndpoint(rejected.status()) && rejected.status() != GONE;
    }

    private static boolean isOfTheEndpoint(int status) {
        return status >= 500 || status == 429 || status == 408;
    }

    enum Load {
        BEARABLE,
        TOO_MUCH,
        NO_ANSWER,
        UNKNOWN
    }

    enum Health {
        GOOD,
        BAD,
        UNKNOWN
    }
}

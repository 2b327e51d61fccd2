package no.budstikke.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import no.budstikke.credential.EndpointCredentials;
import no.budstikke.credential.TokenGrant;
import no.budstikke.http.Json;
import no.budstikke.time.Ids;
import org.jspecify.annotations.Nullable;

/// The access tokens that endpoints ask for, fetched when they are first needed and kept until shortly
/// before they expire. One request for a token at a time; a token endpoint that fails is left alone for
/// some seconds.
final class AccessTokens {

    private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(30);
    private static final Duration UNTOLD_LIFE = Duration.ofMinutes(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /// A token that is refused is dropped, but not more often than this: an endpoint that refuses every
    /// token must not make us ask for ever more.
    private static final Duration BETWEEN_DROPS = Duration.ofMinutes(1);

    private static final int LONGEST_REASON = 200;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    private final InstantSource wallClock;
    private final Ids ids;

    /// By the very object; gone with the credentials.
    private final Map<EndpointCredentials, Slot> slots = Collections.synchronizedMap(new WeakHashMap<>());

    AccessTokens(InstantSource wallClock, Ids ids) {
        this.wallClock = wallClock;
        this.ids = ids;
    }

    /// Asks the grant's token endpoint, within the limits of a webhook: guard, time, length.
    @FunctionalInterface
    interface TokenRequests {

        Answer ask(String form) throws IOException;
    }

    record Answer(int status, String body) {}

    /// There is no token to be had. The message says why, and holds no secret.
    static final class NoToken extends Exception {

        private static final long serialVersionUID = 1;

        NoToken(String message) {
            super(message);
        }
    }

    private record Token(String text, Instant until) {}

    private record Failure(String reason, Instant until) {}

    private static final class Slot {

        final ReentrantLock fetching = new ReentrantLock();
        volatile @Nullable Token token;

        // Guarded by `fetching`.
        @Nullable
        Failure failure;

        Instant dropped = Instant.MIN;
    }

    /// A token that holds for some time yet.
    ///
    /// @param patience how long to wait while another delivery asks
    /// @throws NoToken when none can be had now
    String token(EndpointCredentials credentials, TokenGrant grant, Duration patience, TokenRequests requests)
            throws NoToken {
        Slot slot = slots.computeIfAbsent(credentials, _ -> new Slot());
        Token known = slot.token;
        if (known != null && wallClock.instant().isBefore(known.until())) {
            return known.text();
        }
        if (!locked(slot.fetching, patience)) {
            throw new NoToken("no access token in time from " + grant.tokenEndpoint());
        }
        try {
            Instant now = wallClock.instant();
            Token fetched = slot.token;
            if (fetched != null && now.isBefore(fetched.until())) {
                return fetched.text();
            }
            Failure failure = slot.failure;
            if (failure != null && now.isBefore(failure.until())) {
                throw new NoToken(failure.reason());
            }
            Token fresh = fetch(grant, requests, now);
            slot.token = fresh;
            slot.failure = null;
            return fresh.text();
        } catch (NoToken e) {
            if (slot.failure == null || !wallClock.instant().isBefore(slot.failure.until())) {
                slot.failure = new Failure(
                        String.valueOf(e.getMessage()), wallClock.instant().plus(AFTER_FAILURE));
            }
            throw e;
        } finally {
            slot.fetching.unlock();
        }
    }

    private static boolean locked(ReentrantLock lock, Duration patience) {
        try {
            return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The endpoint has answered 401 to this token: it may have been revoked, and the next attempt gets
    /// another.
    void refused(EndpointCredentials credentials, String token) {
        Slot slot = slots.get(credentials);
        if (slot == null || !slot.fetching.tryLock()) {
            return; // it is being replaced
        }
        try {
            Token known = slot.token;
            Instant now = wallClock.instant();
            if (known != null
                    && known.text().equals(token)
                    && !now.isBefore(slot.dropped.equals(Instant.MIN) ? now : slot.dropped.plus(BETWEEN_DROPS))) {
                slot.token = null;
                slot.dropped = now;
            }
        } finally {
            slot.fetching.unlock();
        }
    }

    private Token fetch(TokenGrant grant, TokenRequests requests, Instant now) throws NoToken {
        String where = "no access token from " + grant.tokenEndpoint() + ": ";
        Answer answer;
        try {
            answer = requests.ask(grant.form(now, ids.random().toString()));
        } catch (IOException e) {
            throw new NoToken(where + e.getMessage());
        }
        JsonNode json;
        try {
            json = Json.SPARSE.readTree(answer.body());
        } catch (IOException _) {
            throw new NoToken(where + "it answered " + answer.status() + " with something that is no JSON");
        }
        if (answer.status() != 200) {
            throw new NoToken(where + "it answered " + answer.status() + " " + reason(json));
        }
        String text = json.path("access_token").asText();
        String type = json.path("token_type").asText("Bearer");
        if (!TOKEN.matcher(text).matches() || !type.equalsIgnoreCase("Bearer")) {
            throw new NoToken(where + "it answered without a bearer token");
        }
        long seconds = json.path("expires_in").asLong(UNTOLD_LIFE.toSeconds());
        Duration life =
                Duration.ofSeconds(Math.clamp(seconds, 0, Duration.ofDays(1).toSeconds()));
        Duration margin = life.dividedBy(4).compareTo(BEFORE_EXPIRY) < 0 ? life.dividedBy(4) : BEFORE_EXPIRY;
        return new Token(text, now.plus(life).minus(margin));
    }

    private static String reason(JsonNode json) {
        String reason = json.path("error").asText() + " "
                + json.path("error_description").asText();
        return reason.strip().substring(0, Math.min(reason.strip().length(), LONGEST_REASON));
    }
}

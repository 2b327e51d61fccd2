package no.budstikke.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import no.budstikke.http.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The key set of an issuer elsewhere, fetched when it is first needed, again when it is an hour old or a
/// token names a key that is not in it, but not more often than every half minute. Keys once fetched stay
/// in
/// use while the issuer can't be reached.
final class RemoteKeys implements KeySource {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 1 << 20;

    private final URI address;
    private final HttpClient client;
    private final InstantSource time;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile Fetched fetched = new Fetched(List.of(), Instant.MIN);
    /// Guarded by `fetching`.
    private Instant lastFetch = Instant.MIN;

    RemoteKeys(URI address, HttpClient client, InstantSource time) {
        this.address = address;
        this.client = client;
        this.time = time;
    }

    private record Fetched(List<SigningKey> keys, Instant at) {}

    @Override
    public List<SigningKey> candidates(Optional<String> keyId) {
        Fetched have = fetched;
        List<SigningKey> known = KeySource.among(have.keys(), keyId);
        if (known.isEmpty()) {
            fetching.lock();
        } else if (time.instant().isBefore(have.at().plus(FRESH)) || !fetching.tryLock()) {
            return known;
        }
        try {
            fetchUnlessJustDone();
        } finally {
            fetching.unlock();
        }
        return KeySource.among(fetched.keys(), keyId);
    }

    private void fetchUnlessJustDone() {
        Instant now = time.instant();
        if (lastFetch.isAfter(now.minus(BETWEEN_FETCHES))) {
            return;
        }
        lastFetch = now;
        try {
            List<SigningKey> keys = SigningKey.readSet(keySet());
            fetched = new Fetched(keys, now);
            LOG.info("{} keys fetched from {}", keys.size(), address);
        } catch (IOException e) {
            LOG.warn("keys can't be fetched from {}, tried again in {}: {}", address, BETWEEN_FETCHES, e.toString());
        }
    }

    private JsonNode keySet() throws IOException {
        JsonNode document = fetch(address);
        if (document.has("keys")) {
            return document;
        }
        String keySet = document.path("jwks_uri").asText();
        URI there;
        try {
            there = address.resolve(keySet);
        } catch (IllegalArgumentException e) {
            throw new IOException("jwks_uri is not an address", e);
        }
        if (keySet.isEmpty() || !address.getScheme().equalsIgnoreCase(there.getScheme())) {
            throw new IOException("no jwks_uri under " + address.getScheme() + " in the metadata");
        }
        return fetch(there);
    }

    private JsonNode fetch(URI from) throws IOException {
        var request = HttpRequest.newBuilder(from)
                .header("Accept", "application/json")
                .timeout(PATIENCE)
                .build();
        var answer = client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
        try {
            HttpResponse<byte[]> response = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException(from + " answered " + response.statusCode());
            }
            return Json.SPARSE.readTree(response.body());
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no answer from " + from, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + from, e);
        } finally {
            answer.cancel(true);
        }
    }
}

package no.budstikke.credential;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The secrets of one subscription: the newest, and those before it that still sign along.
///
/// @param newestFirst at least one
record SigningSecrets(List<SigningSecret> newestFirst) {

    /// Signing at once; each adds to every request's header.
    static final int MOST = 5;

    SigningSecrets {
        newestFirst = List.copyOf(newestFirst);
        if (newestFirst.isEmpty()) {
            throw new IllegalArgumentException("a subscription has at least one secret");
        }
    }

    SigningSecret newest() {
        return newestFirst.getFirst();
    }

    List<SigningSecret> valid(Instant now) {
        if (newestFirst.size() == 1) {
            return newestFirst;
        }
        return newestFirst.stream().filter(secret -> secret.isValid(now)).toList();
    }

    /// With a new one; the one before it signs along for `overlap`, others no longer than they did. What
    /// has ended is forgotten.
    SigningSecrets rotated(SigningSecret added, Duration overlap, Instant now) {
        var secrets = new ArrayList<SigningSecret>();
        secrets.add(added);
        for (SigningSecret secret : valid(now)) {
            Instant end = now.plus(overlap);
            secrets.add(secret.ends().isPresent() && secret.ends().get().isBefore(end) ? secret : secret.endingAt(end));
        }
        return new SigningSecrets(
                secrets.stream().filter(secret -> secret.isValid(now)).toList());
    }

    /// Without those before the newest.
    SigningSecrets newestAlone() {
        return new SigningSecrets(List.of(newest()));
    }
}

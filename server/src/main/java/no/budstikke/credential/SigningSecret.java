package no.budstikke.credential;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/// A secret that a subscription's owner shares with us.
///
/// @param created for the secret that a subscription was born with: when it was
/// @param ends signs no more from then on; empty: until there is a newer one
record SigningSecret(SecretKeySpec key, Instant created, Optional<Instant> ends) {

    /// Of the 24 to 64 that Standard Webhooks asks for.
    static final int BYTES = 32;

    private static final int ID_BYTES = 4;

    static SigningSecret of(byte[] bytes, Instant created) {
        return new SigningSecret(new SecretKeySpec(bytes, "HmacSHA256"), created, Optional.empty());
    }

    SigningSecret endingAt(Instant end) {
        return new SigningSecret(key, created, Optional.of(end));
    }

    boolean isValid(Instant now) {
        return ends.isEmpty() || now.isBefore(ends.get());
    }

    /// As receivers' libraries take it.
    String text() {
        return "whsec_" + Base64.getEncoder().encodeToString(key.getEncoded());
    }

    /// Tells it from others, and nothing of what it is.
    String id() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "secret " + id();
    }
}

package no.budstikke.credential;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// A key of this server for signatures that everybody can verify: Ed25519.
///
/// @param id thumbprint of the public half (RFC 7638), the `kid`
/// @param published the 32 bytes of the public half; never changed
/// @param ends signs no more from then on; empty for the newest
@SuppressWarnings("ArrayRecordComponent") // a value only by identity; never compared
record ServerKey(String id, PrivateKey key, byte[] published, Instant created, Optional<Instant> ends) {

    private static final int PUBLIC_BYTES = 32;

    static ServerKey made(Instant now) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] x509 = pair.getPublic().getEncoded();
            byte[] published = Arrays.copyOfRange(x509, x509.length - PUBLIC_BYTES, x509.length);
            String id = new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(published))
                    .build()
                    .computeThumbprint()
                    .toString();
            return new ServerKey(id, pair.getPrivate(), published, now, Optional.empty());
        } catch (GeneralSecurityException | JOSEException e) {
            throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
        }
    }

    static PrivateKey privateKey(byte[] pkcs8) {
        try {
            return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a signing key in the database is damaged", e);
        }
    }

    boolean signs(Instant now) {
        return ends.isEmpty() || now.isBefore(ends.get());
    }

    byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("our own key can't sign", e);
        }
    }

    /// The public half as Standard Webhooks writes it.
    String text() {
        return "whpk_" + Base64.getEncoder().encodeToString(published);
    }

    @Override
    public String toString() {
        return "signing key " + id;
    }
}

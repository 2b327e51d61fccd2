package no.budstikke.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/// Whether a signature is that of a key.
final class Signatures {

    private Signatures() {}

    /// Whether `signature` over `signed` was made with `key` under `algorithm`. An algorithm that does
    /// not
    /// belong to that kind of key, or one that is not known, holds for nothing.
    static boolean hold(String algorithm, PublicKey key, byte[] signed, byte[] signature) {
        try {
            return switch (algorithm) {
                case "RS256", "PS256" ->
                    key instanceof RSAPublicKey rsa && verified(new RSASSAVerifier(rsa), algorithm, signed, signature);
                case "ES256" ->
                    key instanceof ECPublicKey ec && verified(new ECDSAVerifier(ec), algorithm, signed, signature);
                case "EdDSA" -> key instanceof EdECPublicKey && verifiedEd25519(key, signed, signature);
                default -> false;
            };
        } catch (JOSEException | GeneralSecurityException e) {
            // A signature of the wrong length or a curve of another algorithm: not by this key.
            return false;
        }
    }

    private static boolean verified(JWSVerifier verifier, String algorithm, byte[] signed, byte[] signature)
            throws JOSEException {
        return verifier.verify(new JWSHeader(JWSAlgorithm.parse(algorithm)), signed, Base64URL.encode(signature));
    }

    private static boolean verifiedEd25519(PublicKey key, byte[] signed, byte[] signature)
            throws GeneralSecurityException {
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature);
    }
}

package no.budstikke.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A public key of an issuer.
record SigningKey(Optional<String> keyId, PublicKey key) {

    private static final Logger LOG = LoggerFactory.getLogger(SigningKey.class);
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 16384;
    /// The DER bytes that stand before the 32 bytes of an Ed25519 key (RFC 8410 §4).
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /// The keys of a key set (RFC 7517) that can verify signatures; the others are left out. Takes `n`
    /// and `e`
    /// in ordinary base64 too, and a certificate instead of them, as Altinn's set has it. Spec:
    /// authorization
    /// §6.
    static List<SigningKey> readSet(JsonNode set) {
        var keys = new ArrayList<SigningKey>();
        for (JsonNode key : set.path("keys")) {
            if (key.path("use").asText("sig").equals("sig")) {
                try {
                    publicKey(key).ifPresent(read -> keys.add(new SigningKey(text(key, "kid"), read)));
                } catch (GeneralSecurityException
                        | JOSEException
                        | IllegalArgumentException
                        | IllegalStateException e) {
                    LOG.warn("a key set holds a key that can't be read, kid {}: {}", text(key, "kid"), e.toString());
                }
            }
        }
        return List.copyOf(keys);
    }

    private static Optional<PublicKey> publicKey(JsonNode key) throws GeneralSecurityException, JOSEException {
        return switch (key.path("kty").asText()) {
            case "RSA" -> Optional.of(rsa(key));
            case "EC" ->
                Optional.of(new ECKey.Builder(
                                Curve.parse(key.path("crv").asText()), base64Url(key, "x"), base64Url(key, "y"))
                        .build()
                        .toECPublicKey());
            case "OKP" ->
                key.path("crv").asText().equals("Ed25519") ? Optional.of(ed25519(bytes(key, "x"))) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static PublicKey rsa(JsonNode key) throws GeneralSecurityException {
        PublicKey read = key.has("n") && key.has("e")
                ? KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(
                                new BigInteger(1, bytes(key, "n")), new BigInteger(1, bytes(key, "e"))))
                : certified(key);
        if (!(read instanceof RSAPublicKey rsa)) {
            throw new IllegalArgumentException("the certificate is for another kind of key");
        }
        int bits = rsa.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key of " + bits + " bits");
        }
        return rsa;
    }

    private static PublicKey certified(JsonNode key) throws GeneralSecurityException {
        JsonNode chain = key.path("x5c");
        String first = chain.isArray() ? chain.path(0).asText() : chain.asText();
        var der = new ByteArrayInputStream(Base64.getMimeDecoder().decode(first));
        return CertificateFactory.getInstance("X.509").generateCertificate(der).getPublicKey();
    }

    private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
        var der = new ByteArrayOutputStream();
        der.writeBytes(ED25519_PREFIX);
        der.writeBytes(x);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der.toByteArray()));
    }

    private static Optional<String> text(JsonNode key, String name) {
        return Optional.ofNullable(key.path(name).textValue());
    }

    private static Base64URL base64Url(JsonNode key, String name) {
        return Base64URL.encode(bytes(key, name));
    }

    private static byte[] bytes(JsonNode key, String name) {
        String url = key.path(name).asText().replace('+', '-').replace('/', '_');
        return Base64.getUrlDecoder().decode(url);
    }
}

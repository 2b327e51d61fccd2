package no.budstikke.credential;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and keys as text (RFC 7468).
final class Pem {

    private static final int MOST_CERTIFICATES = 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*?)\\s*-----END \\1-----");

    private Pem() {}

    /// A text that is none, or not one that is of use. The message is for whoever sent it.
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /// One certificate or more, in their order.
    static List<X509Certificate> certificates(String text) throws Unreadable {
        var certificates = new ArrayList<X509Certificate>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (!blocks.group(1).equals("CERTIFICATE")) {
                throw new Unreadable("This must hold certificates alone, not a '" + blocks.group(1) + "'.");
            }
            certificates.add(certificate(blocks.group(2)));
        }
        if (certificates.isEmpty()) {
            throw new Unreadable("This must hold a certificate as PEM, from '-----BEGIN CERTIFICATE-----' on.");
        }
        if (certificates.size() > MOST_CERTIFICATES) {
            throw new Unreadable("These are more than " + MOST_CERTIFICATES + " certificates.");
        }
        return certificates;
    }

    private static X509Certificate certificate(String base64) throws Unreadable {
        try {
            var der = new ByteArrayInputStream(
                    Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII)));
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(der);
        } catch (CertificateException | IllegalArgumentException _) {
            throw new Unreadable("This holds something that is no X.509 certificate.");
        }
    }

    /// A private key as PKCS #8, not encrypted: RSA or on an elliptic curve.
    static PrivateKey privateKey(String text) throws Unreadable {
        Matcher block = BLOCK.matcher(text);
        if (!block.find()) {
            throw new Unreadable("This must hold a private key as PEM, from '-----BEGIN PRIVATE KEY-----' on.");
        }
        return switch (block.group(1)) {
            case "PRIVATE KEY" -> pkcs8(block.group(2));
            case "ENCRYPTED PRIVATE KEY" -> throw new Unreadable("The private key must not be encrypted.");
            default ->
                throw new Unreadable("The private key must be PKCS #8, not '" + block.group(1)
                        + "'; 'openssl pkcs8 -topk8 -nocrypt' converts it.");
        };
    }

    private static PrivateKey pkcs8(String base64) throws Unreadable {
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw new Unreadable("The private key is damaged.");
        }
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException _) {
                // Of another kind, then.
            }
        }
        throw new Unreadable("The private key is damaged, or neither RSA, EC nor Ed25519.");
    }
}

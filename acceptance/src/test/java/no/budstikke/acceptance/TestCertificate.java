package no.budstikke.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A certificate made by the test, with its key: X.509 in DER (RFC 5280), ECDSA on P-256.
final class TestCertificate {

    private static final byte[] ECDSA_SHA256 = HexFormat.of().parseHex("300a06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("0603550403");
    private static final byte[] IS_AUTHORITY = HexFormat.of().parseHex("300f0603551d130101ff040530030101ff");
    private static final byte[] ALTERNATIVE_NAME = HexFormat.of().parseHex("0603551d11");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final KeyPair keys;
    private final X509Certificate certificate;

    private TestCertificate(KeyPair keys, X509Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    /// One that may sign others.
    static TestCertificate authority(String name) {
        return made(name, null, IS_AUTHORITY, Duration.ofDays(1));
    }

    /// One for whoever calls itself so.
    TestCertificate client(String name) {
        return made(name, this, new byte[0], Duration.ofDays(1));
    }

    TestCertificate expired(String name) {
        return made(name, this, new byte[0], Duration.ofMinutes(-1));
    }

    /// One for a server at this IPv4 address.
    TestCertificate server(int... address) {
        byte[] octets = new byte[address.length];
        for (int i = 0; i < address.length; i++) {
            octets[i] = (byte) address[i];
        }
        byte[] extension = tlv(0x30, ALTERNATIVE_NAME, tlv(0x04, tlv(0x30, tlv(0x87, octets))));
        return made("server", this, extension, Duration.ofDays(1));
    }

    private static TestCertificate made(
            String name, @Nullable TestCertificate issuer, byte[] extension, Duration lives) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            Instant now = Instant.now();
            byte[] subject = name(name);
            byte[] body = tlv(
                    0x30,
                    tlv(0xa0, tlv(0x02, new byte[] {2})),
                    tlv(0x02, serial()),
                    ECDSA_SHA256,
                    issuer == null
                            ? subject
                            : issuer.certificate.getSubjectX500Principal().getEncoded(),
                    tlv(0x30, time(now.minus(Duration.ofDays(2))), time(now.plus(lives))),
                    subject,
                    keys.getPublic().getEncoded(),
                    extension.length == 0 ? new byte[0] : tlv(0xa3, tlv(0x30, extension)));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign((issuer == null ? keys : issuer.keys).getPrivate());
            signature.update(body);
            byte[] der = tlv(0x30, body, ECDSA_SHA256, tlv(0x03, new byte[] {0}, signature.sign()));
            var certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            return new TestCertificate(keys, certificate);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no certificate could be made", e);
        }
    }

    private static byte[] serial() {
        byte[] serial = new byte[8];
        ThreadLocalRandom.current().nextBytes(serial);
        serial[0] = 1;
        return serial;
    }

    private static byte[] name(String name) {
        return tlv(0x30, tlv(0x31, tlv(0x30, COMMON_NAME, tlv(0x0c, name.getBytes(UTF_8)))));
    }

    private static byte[] time(Instant time) {
        return tlv(0x18, TIME.format(time).getBytes(UTF_8));
    }

    /// Tag, length, value.
    private static byte[] tlv(int tag, byte[]... parts) {
        var value = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            value.writeBytes(part);
        }
        int length = value.size();
        var all = new ByteArrayOutputStream();
        all.write(tag);
        if (length < 0x80) {
            all.write(length);
        } else if (length < 0x100) {
            all.write(0x81);
            all.write(length);
        } else {
            all.write(0x82);
            all.write(length >> 8);
            all.write(length);
        }
        all.writeBytes(value.toByteArray());
        return all.toByteArray();
    }

    X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return keys.getPrivate();
    }

    String pem() {
        return block("CERTIFICATE", encoded());
    }

    private byte[] encoded() {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of ours can't be written", e);
        }
    }

    String keyPem() {
        return block("PRIVATE KEY", key().getEncoded());
    }

    static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    /// TLS for a server with this certificate that wants clients with one of that authority.
    SSLContext serving(TestCertificate clients) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("server", key(), new char[0], new X509Certificate[] {certificate});
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("clients", clients.certificate);
            var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(own, new char[0]);
            var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IllegalStateException("no TLS with a certificate of ours", e);
        }
    }
}

package no.budstikke.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import no.budstikke.http.Json;

/// An issuer elsewhere: a real HTTP server with metadata and key set, and its private keys. Its RSA key is
/// published in ordinary base64, as Altinn's is.
final class OutsideIssuer implements AutoCloseable {

    static final String ISSUER = "https://outside.example/";

    private static final RSAKey RSA =
            made(() -> new RSAKeyGenerator(2048).keyID("rsa").generate());
    private static final ECKey EC =
            made(() -> new ECKeyGenerator(Curve.P_256).keyID("ec").generate());
    private static final KeyPair ED =
            made(() -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair());

    final AtomicInteger keySetRequests = new AtomicInteger();
    volatile int status = 200;
    private final List<Map<String, Object>> published = new ArrayList<>();
    private final HttpServer server;

    OutsideIssuer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/.well-known/oauth-authorization-server", exchange -> {
            byte[] body =
                    json(Map.of("issuer", ISSUER, "jwks_uri", address("/jwk").toString()));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/jwk", exchange -> {
            keySetRequests.incrementAndGet();
            byte[] body = json(Map.of("keys", published));
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    URI metadata() {
        return address("/.well-known/oauth-authorization-server");
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    void publishRsa() {
        Base64.Encoder ordinary = Base64.getEncoder();
        published.add(Map.of(
                "kty",
                "RSA",
                "use",
                "sig",
                "kid",
                "rsa",
                "n",
                ordinary.encodeToString(RSA.getModulus().decode()),
                "e",
                ordinary.encodeToString(RSA.getPublicExponent().decode()),
                "x5c",
                List.of("not looked at")));
    }

    void publishEc() {
        published.add(EC.toPublicJWK().toJSONObject());
    }

    void publishEd25519() {
        byte[] der = ED.getPublic().getEncoded();
        byte[] x = Arrays.copyOfRange(der, der.length - 32, der.length);
        published.add(Map.of(
                "kty",
                "OKP",
                "crv",
                "Ed25519",
                "kid",
                "ed",
                "x",
                Base64.getUrlEncoder().withoutPadding().encodeToString(x)));
    }

    void publishRubbish() {
        published.add(Map.of("kty", "RSA", "kid", "bad", "n", "%%%", "e", "AQAB"));
        published.add(Map.of("kty", "RSA", "kid", "short", "n", "AQAB", "e", "AQAB"));
        published.add(Map.of("kty", "EC", "crv", "P-256", "kid", "off", "x", "AQAB", "y", "AQAB"));
        published.add(Map.of("kty", "OKP", "crv", "Ed25519", "kid", "half", "x", "AQAB"));
        published.add(Map.of("kty", "unheard of"));
    }

    static String sign(String algorithm, Map<String, ?> claims) {
        return sign(algorithm, kidOf(algorithm), claims);
    }

    private static String kidOf(String algorithm) {
        return switch (algorithm) {
            case "ES256" -> "ec";
            case "EdDSA" -> "ed";
            default -> "rsa";
        };
    }

    /// The header has `x5c` as a plain string, as Altinn's test tokens have it.
    static String sign(String algorithm, String keyId, Map<String, ?> claims) {
        return sign(algorithm, Map.of("alg", algorithm, "kid", keyId, "typ", "JWT", "x5c", "1F0A"), claims);
    }

    static String sign(String algorithm, Map<String, ?> header, Map<String, ?> claims) {
        String signed = encoded(json(header)) + "." + encoded(json(claims));
        return signed + "." + signature(algorithm, signed);
    }

    static String signature(String algorithm, String signed) {
        byte[] input = signed.getBytes(StandardCharsets.US_ASCII);
        return made(() -> {
            if (algorithm.equals("EdDSA")) {
                var signer = Signature.getInstance("Ed25519");
                signer.initSign(ED.getPrivate());
                signer.update(input);
                return encoded(signer.sign());
            }
            var header = new JWSHeader(JWSAlgorithm.parse(algorithm));
            return (algorithm.equals("ES256") ? new ECDSASigner(EC) : new RSASSASigner(RSA))
                    .sign(header, input)
                    .toString();
        });
    }

    static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] json(Object value) {
        try {
            return Json.FULL.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Making<T> {
        T make() throws JOSEException, GeneralSecurityException;
    }

    private static <T> T made(Making<T> making) {
        try {
            return making.make();
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

package no.budstikke.credential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.http.Json;

/// Reads `PUT /subscriptions/{id}/credentials`. Names in any case; null is as good as absent; unknown
/// members are ignored. Answers with the member that is of no use, and never repeats its value.
final class CredentialsReader {

    /// Of an RSA key; fewer are no longer safe.
    private static final int LEAST_BITS = 2048;

    private final ObjectNode source = Json.SPARSE.createObjectNode();

    private CredentialsReader() {}

    sealed interface Reading {

        record Understood(EndpointCredentials credentials) implements Reading {}

        /// Something in it is of no use.
        ///
        /// @param member such as `$.oauth2.clientId`
        record Unusable(String member, String reason) implements Reading {}
    }

    private static final class Unusable extends Exception {

        private static final long serialVersionUID = 1;

        private final String member;

        Unusable(String member, String reason) {
            super(reason);
            this.member = member;
        }
    }

    static Reading read(JsonNode json) {
        try {
            return new Reading.Understood(new CredentialsReader().credentials(json));
        } catch (Unusable e) {
            return new Reading.Unusable(e.member, String.valueOf(e.getMessage()));
        }
    }

    private EndpointCredentials credentials(JsonNode json) throws Unusable {
        if (!json.isObject()) {
            throw new Unusable("$", "This must be an object.");
        }
        var credentials = new EndpointCredentials(source, trusted(json), client(json), grant(json));
        if (source.isEmpty()) {
            throw new Unusable(
                    "$",
                    "Nothing is given: 'trustedCertificates', 'clientCertificate' with 'clientKey',"
                            + " 'oauth2' or 'maskinporten'.");
        }
        return credentials;
    }

    private List<X509Certificate> trusted(JsonNode json) throws Unusable {
        Optional<String> pem = text(json, source, "trustedCertificates", "$.");
        return pem.isEmpty() ? List.of() : certificates("$.trustedCertificates", pem.get());
    }

    private Optional<ClientIdentity> client(JsonNode json) throws Unusable {
        Optional<String> certificate = text(json, source, "clientCertificate", "$.");
        Optional<String> key = text(json, source, "clientKey", "$.");
        if (certificate.isEmpty() && key.isEmpty()) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new Unusable(
                    certificate.isEmpty() ? "$.clientCertificate" : "$.clientKey",
                    "'clientCertificate' and 'clientKey' belong together.");
        }
        var identity = new ClientIdentity(
                certificates("$.clientCertificate", certificate.get()), privateKey("$.clientKey", key.get()));
        if (!identity.isPair()) {
            throw new Unusable("$.clientKey", "This is not the key of the first certificate in 'clientCertificate'.");
        }
        return Optional.of(identity);
    }

    private Optional<TokenGrant> grant(JsonNode json) throws Unusable {
        JsonNode oauth2 = object(json, "oauth2");
        JsonNode maskinporten = object(json, "maskinporten");
        if (isAbsent(oauth2) && isAbsent(maskinporten)) {
            return Optional.empty();
        }
        if (!isAbsent(oauth2) && !isAbsent(maskinporten)) {
            throw new Unusable("$.maskinporten", "'oauth2' and 'maskinporten' can't be given both.");
        }
        return Optional.of(isAbsent(oauth2) ? maskinporten(maskinporten) : oauth2(oauth2));
    }

    private TokenGrant oauth2(JsonNode given) throws Unusable {
        ObjectNode kept = source.putObject("oauth2");
        String at = "$.oauth2.";
        return new TokenGrant.ClientSecret(
                tokenEndpoint(given, kept, at),
                required(given, kept, "clientId", at),
                required(given, kept, "clientSecret", at),
                text(given, kept, "scope", at));
    }

    private TokenGrant maskinporten(JsonNode given) throws Unusable {
        ObjectNode kept = source.putObject("maskinporten");
        String at = "$.maskinporten.";
        URI tokenEndpoint = tokenEndpoint(given, kept, at);
        Signing signing = signing(given, kept, at + "key");
        return new TokenGrant.Maskinporten(
                tokenEndpoint,
                required(given, kept, "clientId", at),
                text(given, kept, "scope", at),
                text(given, kept, "audience", at)
                        .orElseGet(() -> tokenEndpoint.resolve("/").toString()),
                text(given, kept, "resource", at),
                signing.algorithm(),
                text(given, kept, "keyId", at).or(signing::keyId),
                signing.signer());
    }

    private record Signing(JWSSigner signer, JWSAlgorithm algorithm, Optional<String> keyId) {}

    private static Signing signing(JsonNode given, ObjectNode kept, String path) throws Unusable {
        JsonNode key = member(given, "key");
        if (isAbsent(key)) {
            throw new Unusable(path, "This is required: a private key, as JWK or as PEM.");
        }
        kept.set("key", key);
        try {
            if (key.isTextual() && key.asText().stripLeading().startsWith("-----")) {
                return of(Pem.privateKey(key.asText()), Optional.empty());
            }
            JWK jwk = JWK.parse(key.isTextual() ? key.asText() : key.toString());
            Optional<String> id = Optional.ofNullable(jwk.getKeyID());
            return switch (jwk) {
                case RSAKey rsa when rsa.isPrivate() -> of(rsa.toPrivateKey(), id);
                case ECKey ec when ec.isPrivate() -> of(ec.toPrivateKey(), id);
                default -> throw new Unusable(path, "This must be a private RSA or EC key.");
            };
        } catch (Pem.Unreadable e) {
            throw new Unusable(path, String.valueOf(e.getMessage()));
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException _) {
            throw new Unusable(path, "This is no private key as JWK or as PEM.");
        }
    }

    private static Signing of(PrivateKey key, Optional<String> id) throws JOSEException {
        if (key instanceof ECPrivateKey ec) {
            var signer = new ECDSASigner(ec);
            return new Signing(signer, signer.supportedECDSAAlgorithm(), id);
        }
        if (key instanceof java.security.interfaces.RSAPrivateKey rsa) {
            if (rsa.getModulus().bitLength() < LEAST_BITS) {
                throw new JOSEException("too short");
            }
            return new Signing(new RSASSASigner(key), JWSAlgorithm.RS256, id);
        }
        throw new JOSEException("neither RSA nor EC");
    }

    private static URI tokenEndpoint(JsonNode given, ObjectNode kept, String at) throws Unusable {
        String text = required(given, kept, "tokenEndpoint", at);
        try {
            var uri = new URI(text);
            if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException _) {
            // Told below.
        }
        throw new Unusable(at + "tokenEndpoint", "This must be an https address without user name and fragment.");
    }

    private static List<X509Certificate> certificates(String path, String pem) throws Unusable {
        try {
            return Pem.certificates(pem);
        } catch (Pem.Unreadable e) {
            throw new Unusable(path, String.valueOf(e.getMessage()));
        }
    }

    private static PrivateKey privateKey(String path, String pem) throws Unusable {
        try {
            return Pem.privateKey(pem);
        } catch (Pem.Unreadable e) {
            throw new Unusable(path, String.valueOf(e.getMessage()));
        }
    }

    private static JsonNode object(JsonNode in, String name) throws Unusable {
        JsonNode value = member(in, name);
        if (!isAbsent(value) && !value.isObject()) {
            throw new Unusable("$." + name, "This must be an object.");
        }
        return value;
    }

    private static String required(JsonNode in, ObjectNode kept, String name, String at) throws Unusable {
        return text(in, kept, name, at).orElseThrow(() -> new Unusable(at + name, "This is required."));
    }

    private static Optional<String> text(JsonNode in, ObjectNode kept, String name, String at) throws Unusable {
        JsonNode value = member(in, name);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new Unusable(at + name, "This must be a text.");
        }
        kept.put(name, value.asText());
        return Optional.of(value.asText());
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static JsonNode member(JsonNode object, String name) {
        return object.properties().stream()
                .filter(member -> member.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .reduce((_, last) -> last)
                .orElse(MissingNode.getInstance());
    }
}

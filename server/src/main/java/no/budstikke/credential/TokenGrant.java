package no.budstikke.credential;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// How an access token for an endpoint is asked for.
public sealed interface TokenGrant {

    URI tokenEndpoint();

    String clientId();

    Optional<String> scope();

    /// The body of the request, `application/x-www-form-urlencoded`.
    ///
    /// @param now by the wall clock
    /// @param id never used before
    String form(Instant now, String id);

    /// Client credentials with a shared secret (RFC 6749 §4.4, the secret in the body).
    record ClientSecret(URI tokenEndpoint, String clientId, String secret, Optional<String> scope)
            implements TokenGrant {

        @Override
        public String form(Instant now, String id) {
            var members = new LinkedHashMap<String, String>();
            members.put("grant_type", "client_credentials");
            members.put("client_id", clientId);
            members.put("client_secret", secret);
            scope.ifPresent(asked -> members.put("scope", asked));
            return written(members);
        }

        @Override
        public String toString() {
            return "client " + clientId + " at " + tokenEndpoint;
        }
    }

    /// A signed assertion (RFC 7523), as Maskinporten asks for it.
    ///
    /// @param audience what the assertion is for: the issuer of the tokens
    /// @param resource the API that the token shall be limited to
    record Maskinporten(
            URI tokenEndpoint,
            String clientId,
            Optional<String> scope,
            String audience,
            Optional<String> resource,
            JWSAlgorithm algorithm,
            Optional<String> keyId,
            JWSSigner signer)
            implements TokenGrant {

        /// Maskinporten takes no more than 120 s.
        private static final Duration ASSERTION_LIVES = Duration.ofSeconds(100);

        @Override
        public String form(Instant now, String id) {
            var claims = new LinkedHashMap<String, Object>();
            claims.put("aud", audience);
            claims.put("iss", clientId);
            scope.ifPresent(asked -> claims.put("scope", asked));
            resource.ifPresent(asked -> claims.put("resource", asked));
            claims.put("iat", now.getEpochSecond());
            claims.put("exp", now.plus(ASSERTION_LIVES).getEpochSecond());
            claims.put("jti", id);
            var header = new JWSHeader.Builder(algorithm);
            keyId.ifPresent(header::keyID);
            var assertion = new JWSObject(header.build(), new Payload(claims));
            try {
                assertion.sign(signer);
            } catch (JOSEException e) {
                throw new IllegalStateException("a key that was taken can't sign", e);
            }
            var members = new LinkedHashMap<String, String>();
            members.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            members.put("assertion", assertion.serialize());
            return written(members);
        }

        @Override
        public String toString() {
            return "client " + clientId + " at " + tokenEndpoint;
        }
    }

    private static String written(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> member.getKey() + "=" + URLEncoder.encode(member.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}

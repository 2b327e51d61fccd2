package no.budstikke.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Routes;

/// Our own issuer, for development only: it signs whatever it is asked to. Its RS256 key is made at the
/// first start and kept in `issuer-key.json` in the data directory, which only its owner can read. Spec:
/// authorization §6, §22.1.
public final class EmbeddedIssuer {

    private static final String PATH = "/authentication/api/v1/openid/";
    private static final String KEY_FILE = "issuer-key.json";
    private static final int KEY_BITS = 2048;

    private final String issuer;
    private final RSAKey key;
    private final JWSSigner signer;
    private final List<SigningKey> published;

    private EmbeddedIssuer(String issuer, RSAKey key) throws JOSEException {
        this.issuer = issuer;
        this.key = key;
        this.signer = new RSASSASigner(key);
        this.published = List.of(new SigningKey(Optional.of(key.getKeyID()), key.toPublicKey()));
    }

    /// The issuer with the key of that data directory; makes one when there is none.
    ///
    /// @param baseUrl where the server is reached, without a trailing slash
    public static EmbeddedIssuer open(Path dataDirectory, String baseUrl) {
        Path file = dataDirectory.resolve(KEY_FILE);
        try {
            RSAKey key = Files.exists(file) ? RSAKey.parse(Files.readString(file)) : made(file);
            return new EmbeddedIssuer(baseUrl + PATH, key);
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded issuer's key " + file + " can't be read or written", e);
        } catch (ParseException | JOSEException e) {
            throw new IllegalStateException(
                    "the embedded issuer's key " + file + " is damaged; remove the file for a new one", e);
        }
    }

    private static RSAKey made(Path file) throws IOException, JOSEException {
        RSAKey key = new RSAKeyGenerator(KEY_BITS)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.RS256)
                .keyIDFromThumbprint(true)
                .generate();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path half = Files.createTempFile(file.toAbsolutePath().getParent(), KEY_FILE, ".new", ownerOnly(file));
        Files.writeString(half, key.toJSONString());
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        return key;
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /// As it stands in `iss`.
    public String issuer() {
        return issuer;
    }

    /// For the list of trusted issuers.
    public TrustedIssuer trusted() {
        return new TrustedIssuer(
                issuer, TrustedIssuer.Kind.ALTINN, Set.of("RS256"), keyId -> KeySource.among(published, keyId));
    }

    /// For platform access tokens, which it signs in anybody's name.
    SignedToken.Signer signer() {
        return new SignedToken.Signer(Set.of("RS256"), keyId -> KeySource.among(published, keyId));
    }

    /// A token with these claims and our `iss`.
    String sign(Map<String, ?> claims) {
        return signAs(issuer, claims);
    }

    /// A token with these claims in somebody else's name.
    String signAs(String iss, Map<String, ?> claims) {
        var all = new LinkedHashMap<String, Object>(claims);
        all.put("iss", iss);
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT)
                .keyID(key.getKeyID())
                .build();
        var token = new JWSObject(header, new Payload(all));
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("our own key can't sign", e);
        }
        return token.serialize();
    }

    /// Adds discovery and key set.
    public void addTo(Routes routes) {
        Map<String, Object> metadata = metadata();
        Map<String, Object> keySet = new JWKSet(key.toPublicJWK()).toJSONObject();
        routes.add("GET", PATH + ".well-known/openid-configuration", _ -> Reply.json(200, Json.SPARSE, metadata));
        routes.add("GET", PATH + ".well-known/openid-configuration/jwks", _ -> Reply.json(200, Json.SPARSE, keySet));
    }

    private Map<String, Object> metadata() {
        var members = new LinkedHashMap<String, Object>();
        members.put("issuer", issuer);
        members.put("jwks_uri", issuer + ".well-known/openid-configuration/jwks");
        members.put("response_types_supported", List.of("token"));
        members.put("subject_types_supported", List.of("pairwise"));
        members.put("id_token_signing_alg_values_supported", List.of("RS256"));
        return members;
    }
}

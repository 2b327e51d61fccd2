package no.budstikke.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import no.budstikke.config.Settings.PlatformIssuer;

/// Reads an element of `identity.platformIssuers`.
final class PlatformIssuers {

    private static final int LEAST_BITS = 2048;

    private PlatformIssuers() {}

    /// Empty when it is not of the right form, or its certificate can't be read.
    static Optional<PlatformIssuer> read(JsonNode node) {
        var parts = new TreeMap<String, String>();
        node.properties()
                .forEach(part -> parts.put(
                        Given.camelCase(part.getKey()), part.getValue().asText()));
        String issuer = parts.remove("issuer");
        if (issuer == null || issuer.isBlank() || parts.size() != 1) {
            return Optional.empty();
        }
        String value = parts.firstEntry().getValue();
        return switch (parts.firstKey()) {
            case "certificate" ->
                certified(value).map(keys -> new PlatformIssuer(issuer, new PlatformIssuer.Certified(keys)));
            case "jwksUri" ->
                SettingsReader.httpAddress(value)
                        .map(address -> new PlatformIssuer(issuer, new PlatformIssuer.Published(address)));
            default -> Optional.empty();
        };
    }

    private static Optional<List<PublicKey>> certified(String file) {
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            List<PublicKey> keys = CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                    .<PublicKey>map(certificate -> certificate.getPublicKey())
                    .toList();
            boolean usable = !keys.isEmpty()
                    && keys.stream()
                            .allMatch(key -> key instanceof RSAPublicKey rsa
                                    && rsa.getModulus().bitLength() >= LEAST_BITS);
            return usable ? Optional.of(keys) : Optional.empty();
        } catch (IOException | CertificateException | InvalidPathException _) {
            return Optional.empty();
        }
    }

    static boolean hasSafeKeys(PlatformIssuer issuer) {
        return switch (issuer.keys()) {
            case PlatformIssuer.Certified _ -> true;
            case PlatformIssuer.Published(var jwksUri) -> "https".equals(jwksUri.getScheme());
        };
    }
}

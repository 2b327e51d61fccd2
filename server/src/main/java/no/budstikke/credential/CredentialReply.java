package no.budstikke.credential;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the API tells of secrets and credentials: what they are called and until when they hold, never
/// what they are.
final class CredentialReply {

    private CredentialReply() {}

    /// @param secret given once, when it is made or first asked for
    record Secrets(@Nullable String secret, boolean shown, List<Secret> secrets) {

        Secrets {
            secrets = List.copyOf(secrets);
        }

        static Secrets of(SigningSecrets secrets, boolean shown, Instant now) {
            return of(secrets, shown, now, null);
        }

        static Secrets withSecret(SigningSecrets secrets, Instant now) {
            return of(secrets, true, now, secrets.newest().text());
        }

        private static Secrets of(SigningSecrets secrets, boolean shown, Instant now, @Nullable String secret) {
            return new Secrets(
                    secret,
                    shown,
                    secrets.valid(now).stream()
                            .map(each -> new Secret(
                                    each.id(),
                                    each.created().toString(),
                                    each.ends().map(Instant::toString).orElse(null)))
                            .toList());
        }
    }

    /// @param expires absent for the newest
    record Secret(String id, String created, @Nullable String expires) {}

    record Credentials(
            @Nullable List<Certificate> trustedCertificates,
            @Nullable List<Certificate> clientCertificate,
            @Nullable Client oauth2,
            @Nullable Client maskinporten) {

        static Credentials of(EndpointCredentials credentials) {
            TokenGrant grant = credentials.grant().orElse(null);
            return new Credentials(
                    certificates(credentials.trusted()),
                    certificates(credentials.client().map(ClientIdentity::chain).orElse(List.of())),
                    grant instanceof TokenGrant.ClientSecret oauth2 ? Client.of(oauth2, null, null) : null,
                    grant instanceof TokenGrant.Maskinporten maskinporten
                            ? Client.of(
                                    maskinporten,
                                    maskinporten.keyId().orElse(null),
                                    maskinporten.resource().orElse(null))
                            : null);
        }

        private static @Nullable List<Certificate> certificates(List<X509Certificate> certificates) {
            return certificates.isEmpty()
                    ? null
                    : certificates.stream().map(Certificate::of).toList();
        }
    }

    /// @param fingerprint SHA-256 of the certificate, in hexadecimal
    record Certificate(String subject, String issuer, String fingerprint, String expires) {

        static Certificate of(X509Certificate certificate) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
                return new Certificate(
                        certificate.getSubjectX500Principal().getName(),
                        certificate.getIssuerX500Principal().getName(),
                        HexFormat.of().formatHex(digest),
                        certificate.getNotAfter().toInstant().toString());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a certificate that was read can't be written", e);
            }
        }
    }

    record Client(
            String tokenEndpoint,
            String clientId,
            @Nullable String scope,
            @Nullable String keyId,
            @Nullable String resource) {

        static Client of(TokenGrant grant, @Nullable String keyId, @Nullable String resource) {
            return new Client(
                    grant.tokenEndpoint().toString(),
                    grant.clientId(),
                    grant.scope().orElse(null),
                    keyId,
                    resource);
        }
    }
}

package no.budstikke.credential;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// What a subscription's owner has handed over so that its endpoint lets us in. One object for as long
/// as it stays the same: connections are kept under it.
public final class EndpointCredentials {

    private static final char[] NO_PASSWORD = {};

    private final ObjectNode source;
    private final List<X509Certificate> trusted;
    private final Optional<ClientIdentity> client;
    private final Optional<TokenGrant> grant;

    /// @param source the request that the rest was read from
    EndpointCredentials(
            ObjectNode source,
            List<X509Certificate> trusted,
            Optional<ClientIdentity> client,
            Optional<TokenGrant> grant) {
        this.source = source;
        this.trusted = List.copyOf(trusted);
        this.client = client;
        this.grant = grant;
    }

    ObjectNode source() {
        return source;
    }

    List<X509Certificate> trusted() {
        return trusted;
    }

    Optional<ClientIdentity> client() {
        return client;
    }

    /// How to get the access token that the endpoint asks for.
    public Optional<TokenGrant> grant() {
        return grant;
    }

    /// TLS for the endpoint: with the client certificate, and trusting only the certificates that were
    /// given, when some were. Made anew with every call.
    public SSLContext tlsToEndpoint() {
        return context(trusted.isEmpty() ? null : trustManagers(trusted));
    }

    /// TLS for the token endpoint, which may stand elsewhere: what Java trusts is trusted, too.
    public SSLContext tlsToTokenEndpoint() {
        if (trusted.isEmpty()) {
            return context(null);
        }
        var all = new ArrayList<>(trusted);
        for (TrustManager manager : trustManagers(null)) {
            if (manager instanceof X509TrustManager usual) {
                all.addAll(Arrays.asList(usual.getAcceptedIssuers()));
            }
        }
        return context(trustManagers(all));
    }

    private SSLContext context(TrustManager @Nullable [] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS can't be set up with credentials that were taken", e);
        }
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
        if (client.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client", client.get().key(), NO_PASSWORD, client.get().chain().toArray(X509Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /// @param certificates null: what Java trusts
    private static TrustManager[] trustManagers(@Nullable List<X509Certificate> certificates) {
        try {
            KeyStore store = null;
            if (certificates != null) {
                store = emptyStore();
                for (int i = 0; i < certificates.size(); i++) {
                    store.setCertificateEntry("trusted-" + i, certificates.get(i));
                }
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificates that were taken can't be trusted", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (java.io.IOException e) {
            throw new IllegalStateException("an empty key store is not read from anywhere", e);
        }
    }

    @Override
    public String toString() {
        return "credentials for " + client + ", " + grant;
    }
}

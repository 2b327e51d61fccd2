package no.budstikke.subscription;

import java.util.regex.Pattern;

/// Which addresses a subscription may name: https, and in development also http to this machine itself.
/// Which addresses a host may resolve to is the webhook client's affair. Spec: events §4.2 (2, 3);
/// design §4.3.
///
/// @param allowHttpLoopback whether `http://localhost`, `http://127.x.x.x` and `http://[::1]` will do
public record EndpointRule(boolean allowHttpLoopback) {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}|\\[(?:::|(?:0+:){7})0*1]");

    public boolean allows(CanonicalUrl url) {
        return url.isHttps()
                || (allowHttpLoopback && LOOPBACK.matcher(url.uri().getHost()).matches());
    }
}

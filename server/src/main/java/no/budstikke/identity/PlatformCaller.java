package no.budstikke.identity;

/// Which app or component calls, as a verified platform access token says it. Spec: events §8.3.
///
/// @param issuer `platform` for a component, else the code of the organisation that runs the app, such
///     as `ttd`
/// @param app the claim `urn:altinn:app`, such as `apps-test`
public record PlatformCaller(String issuer, String app) {}

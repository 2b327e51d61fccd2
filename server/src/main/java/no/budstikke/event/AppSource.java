package no.budstikke.event;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import no.budstikke.identity.PlatformCaller;

/// The source of an app's event, `https://host/{org}/{app}/instances/{partyId}/{guid}`, by the elements
/// of its path. Spec: events §3.5, §5.6.
///
/// @param elements as the contract counts them: before the first slash stands an empty one. No elements
///     when the source has no path
record AppSource(List<String> elements) {

    private static final int INSTANCE = 6;

    AppSource {
        elements = List.copyOf(elements);
    }

    static AppSource of(String source) {
        try {
            String path = new URI(source).getRawPath();
            return new AppSource(path == null ? List.of() : List.of(path.split("/", -1)));
        } catch (URISyntaxException _) {
            return new AppSource(List.of());
        }
    }

    /// Whether it is the address of an instance, and no more or less.
    boolean isInstance() {
        return elements.size() == INSTANCE;
    }

    /// Whether it lies below the app. Whole elements are compared: `/ttd/apps-test2` is another app than
    /// `ttd/apps-test`. A path that goes up again belongs to nobody.
    boolean belongsTo(PlatformCaller app) {
        return element(0).isEmpty()
                && element(1).equals(app.issuer())
                && element(2).equals(app.app())
                && elements.stream().noneMatch(AppSource::isDots);
    }

    private static boolean isDots(String element) {
        String plain = element.toLowerCase(Locale.ROOT).replace("%2e", ".");
        return plain.equals(".") || plain.equals("..");
    }

    private String element(int at) {
        return at < elements.size() ? elements.get(at) : "";
    }

    /// The resource of the app whose event this is.
    String resource() {
        return resource(element(1), element(2));
    }

    /// As [#resource()], but with empty names when the path is too short for an instance: so the old
    /// notation is rewritten. Spec: events §3.6.
    String resourceOfInstance() {
        return elements.size() < INSTANCE ? resource("", "") : resource();
    }

    private static String resource(String org, String app) {
        return ResourceUrn.REGISTERED + "app_" + org + "_" + app;
    }

    /// `{partyId}/{guid}`; empty when the path is too short for one.
    Optional<String> instance() {
        return elements.size() < INSTANCE ? Optional.empty() : Optional.of(element(4) + "/" + element(5));
    }
}

package no.budstikke.event;

import java.util.Optional;
import java.util.regex.Pattern;

/// A URN as the contract wants it for resources: lower case, one to ten parts of one to a hundred
/// characters. Spec: events §3.4.
public record ResourceUrn(String text) {

    /// Before the id of every resource of the registry.
    public static final String REGISTERED = "urn:altinn:resource:";

    private static final Pattern FORM = Pattern.compile("urn:[a-z0-9-]{1,30}(:[a-z0-9()+,.\\-;$_!/]{1,100}){1,10}");

    public ResourceUrn {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a resource URN: " + text);
        }
    }

    public static Optional<ResourceUrn> parse(String text) {
        return isValid(text) ? Optional.of(new ResourceUrn(text)) : Optional.empty();
    }

    /// Whether [#parse] would find one.
    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }
}

package no.budstikke.subscription;

import java.util.regex.Pattern;

/// The contract's rule for resources. Spec: events §3.4.
final class Urn {

    private static final Pattern RULE = Pattern.compile("urn:[a-z0-9-]{1,30}(:[a-z0-9()+,.\\-;$_!/]{1,100}){1,10}");

    private Urn() {}

    static boolean isValid(String text) {
        return RULE.matcher(text).matches();
    }
}

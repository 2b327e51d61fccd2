package no.budstikke.access;

import java.util.Arrays;

/// What an attribute is about. Spec: authorization §15.1.
enum Category {
    SUBJECT("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"),
    RESOURCE("urn:oasis:names:tc:xacml:3.0:attribute-category:resource"),
    ACTION("urn:oasis:names:tc:xacml:3.0:attribute-category:action"),
    /// The environment and whatever else; no request has attributes of it.
    OTHER("");

    private final String uri;

    Category(String uri) {
        this.uri = uri;
    }

    static Category of(String uri) {
        return Arrays.stream(values())
                .filter(category -> category.uri.equals(uri))
                .findFirst()
                .orElse(OTHER);
    }
}

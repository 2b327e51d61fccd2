package no.budstikke.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import no.budstikke.http.Json;
import no.budstikke.http.JsonBody;
import org.jspecify.annotations.Nullable;

/// The body of `POST /subscriptions`. Names of members in any case, unknown ones ignored. Spec: events
/// §2.8.
record SubscriptionRequest(
        @Nullable String endPoint,
        @Nullable String sourceFilter,
        @Nullable String resourceFilter,
        @Nullable String subjectFilter,
        @Nullable String alternativeSubjectFilter,
        @Nullable String typeFilter,
        boolean includeSubunits,
        Terms terms,
        Optional<Pull> pull) {

    /// That the subscriber wants to fetch its events itself.
    ///
    /// @param after id of the event after which it begins; empty: with what comes from now on
    record Pull(Optional<String> after) {}

    sealed interface Reading {

        record Understood(SubscriptionRequest request) implements Reading {}

        /// Not JSON, or not of the right types.
        ///
        /// @param member the key of the problem document's `errors`: `$.member`, `$`, or empty for no
        ///     body
        record Unreadable(String member, String reason) implements Reading {}
    }

    static Reading read(byte[] body) {
        if (body.length == 0) {
            return new Reading.Unreadable("", "A non-empty request body is required.");
        }
        JsonNode json;
        try {
            json = Json.SPARSE.readTree(body);
        } catch (JsonProcessingException e) {
            return new Reading.Unreadable("$", "The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can't be read", e);
        }
        if (json.isMissingNode() || json.isNull()) {
            return new Reading.Unreadable("", "A non-empty request body is required.");
        }
        return json.isObject()
                ? readMembers(json)
                : new Reading.Unreadable("$", "The JSON value could not be converted to a subscription.");
    }

    private static Reading readMembers(JsonNode object) {
        var texts = new HashMap<String, String>();
        boolean includeSubunits = false;
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey().toLowerCase(Locale.ROOT);
            JsonNode value = member.getValue();
            switch (name) {
                case "endpoint",
                        "sourcefilter",
                        "resourcefilter",
                        "subjectfilter",
                        "alternativesubjectfilter",
                        "typefilter" -> {
                    if (value.isNull()) {
                        texts.remove(name);
                    } else if (value.isTextual() && JsonBody.isStorable(value.textValue())) {
                        texts.put(name, value.textValue());
                    } else {
                        return new Reading.Unreadable(
                                "$." + member.getKey(), "The JSON value could not be converted to a text.");
                    }
                }
                case "includesubunits" -> {
                    if (!value.isBoolean()) {
                        return new Reading.Unreadable(
                                "$." + member.getKey(), "The JSON value could not be converted to true or false.");
                    }
                    includeSubunits = value.booleanValue();
                }
                default -> {
                    // The contract ignores what it does not know, such as a consumer of the caller's choice.
                }
            }
        }
        Terms terms;
        Optional<Pull> pull;
        try {
            terms = TermsReader.read(object);
            pull = TermsReader.pull(object);
        } catch (JsonBody.Unreadable e) {
            return new Reading.Unreadable(e.key(), e.text());
        }
        return new Reading.Understood(new SubscriptionRequest(
                texts.get("endpoint"),
                texts.get("sourcefilter"),
                texts.get("resourcefilter"),
                texts.get("subjectfilter"),
                texts.get("alternativesubjectfilter"),
                texts.get("typefilter"),
                includeSubunits,
                terms,
                pull));
    }
}

package no.budstikke.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import no.budstikke.event.Notation;

/// Reads the members of `POST /subscriptions` that say how the events are wanted: `notation`,
/// `ordering`, `delivery`. Names in any case; null is as good as absent; unknown members are ignored.
final class TermsReader {

    private TermsReader() {}

    /// A value that is not understood.
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        private final String member;

        private Unreadable(String member, String reason) {
            super(reason);
            this.member = member;
        }

        /// Its path, such as `$.delivery.batch.max`.
        String member() {
            return member;
        }

        /// What would be understood.
        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /// @throws Unreadable naming the first member whose value is of no use
    static Terms read(JsonNode subscription) throws Unreadable {
        return new Terms(notation(subscription), ordering(subscription), batch(subscription), signature(subscription));
    }

    private static Optional<Notation> notation(JsonNode subscription) throws Unreadable {
        JsonNode value = member(subscription, "notation");
        if (isAbsent(value)) {
            return Optional.empty();
        }
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "party" -> Optional.of(Notation.PARTY);
            case "urn" -> Optional.of(Notation.URN);
            default -> throw new Unreadable("$.notation", "The notation must be 'party' or 'urn'.");
        };
    }

    private static Terms.Ordering ordering(JsonNode subscription) throws Unreadable {
        JsonNode value = member(subscription, "ordering");
        if (isAbsent(value)) {
            return Terms.Ordering.NONE;
        }
        if (value.asText().equalsIgnoreCase("resourceInstance")) {
            return Terms.Ordering.RESOURCE_INSTANCE;
        }
        throw new Unreadable("$.ordering", "The ordering must be 'resourceInstance', or be left out.");
    }

    private static Optional<Terms.Batch> batch(JsonNode subscription) throws Unreadable {
        JsonNode delivery = object(subscription, "delivery", "$.delivery");
        JsonNode batch = object(delivery, "batch", "$.delivery.batch");
        if (isAbsent(batch)) {
            return Optional.empty();
        }
        int max = number(batch, "max", "$.delivery.batch.max", 1, Terms.Batch.LARGEST);
        int wait = number(
                batch, "waitMs", "$.delivery.batch.waitMs", 0, Math.toIntExact(Terms.Batch.LONGEST_WAIT.toMillis()));
        return Optional.of(new Terms.Batch(max, Duration.ofMillis(wait)));
    }

    private static Terms.Signature signature(JsonNode subscription) throws Unreadable {
        JsonNode value = member(object(subscription, "delivery", "$.delivery"), "signature");
        if (isAbsent(value)) {
            return Terms.Signature.SECRET;
        }
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "v1" -> Terms.Signature.SECRET;
            case "v1a" -> Terms.Signature.SECRET_AND_KEY;
            default -> throw new Unreadable("$.delivery.signature", "The signature must be 'v1' or 'v1a'.");
        };
    }

    private static JsonNode object(JsonNode in, String name, String path) throws Unreadable {
        JsonNode value = member(in, name);
        if (!isAbsent(value) && !value.isObject()) {
            throw new Unreadable(path, "This must be an object.");
        }
        return value;
    }

    private static int number(JsonNode in, String name, String path, int least, int most) throws Unreadable {
        JsonNode value = member(in, name);
        if (value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= least
                && value.intValue() <= most) {
            return value.intValue();
        }
        throw new Unreadable(path, "This must be a whole number from " + least + " to " + most + ".");
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static JsonNode member(JsonNode object, String name) {
        return object.properties().stream()
                .filter(member -> member.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .reduce((_, last) -> last)
                .orElse(MissingNode.getInstance());
    }
}

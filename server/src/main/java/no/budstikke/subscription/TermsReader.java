package no.budstikke.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import no.budstikke.event.Notation;
import no.budstikke.http.JsonBody;

/// Reads the members of `POST /subscriptions` that say how the events are wanted: `notation`,
/// `ordering`, `delivery`. Names in any case; null is as good as absent; unknown members are ignored.
final class TermsReader {

    private TermsReader() {}

    /// @throws JsonBody.Unreadable naming the first member whose value is of no use
    static Terms read(JsonNode subscription) throws JsonBody.Unreadable {
        return new Terms(notation(subscription), ordering(subscription), batch(subscription), signature(subscription));
    }

    private static Optional<Notation> notation(JsonNode subscription) throws JsonBody.Unreadable {
        JsonNode value = member(subscription, "notation");
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "party" -> Optional.of(Notation.PARTY);
            case "urn" -> Optional.of(Notation.URN);
            default -> throw new JsonBody.Unreadable("$.notation", "The notation must be 'party' or 'urn'.");
        };
    }

    private static Terms.Ordering ordering(JsonNode subscription) throws JsonBody.Unreadable {
        JsonNode value = member(subscription, "ordering");
        if (value.isMissingNode()) {
            return Terms.Ordering.NONE;
        }
        if (value.asText().equalsIgnoreCase("resourceInstance")) {
            return Terms.Ordering.RESOURCE_INSTANCE;
        }
        throw new JsonBody.Unreadable("$.ordering", "The ordering must be 'resourceInstance', or be left out.");
    }

    private static Optional<Terms.Batch> batch(JsonNode subscription) throws JsonBody.Unreadable {
        JsonNode delivery = object(subscription, "delivery", "$.delivery");
        JsonNode batch = object(delivery, "batch", "$.delivery.batch");
        if (batch.isMissingNode()) {
            return Optional.empty();
        }
        int max = number(batch, "max", "$.delivery.batch.max", 1, Terms.Batch.LARGEST);
        int wait = number(
                batch, "waitMs", "$.delivery.batch.waitMs", 0, Math.toIntExact(Terms.Batch.LONGEST_WAIT.toMillis()));
        return Optional.of(new Terms.Batch(max, Duration.ofMillis(wait)));
    }

    private static Terms.Signature signature(JsonNode subscription) throws JsonBody.Unreadable {
        JsonNode value = member(object(subscription, "delivery", "$.delivery"), "signature");
        if (value.isMissingNode()) {
            return Terms.Signature.SECRET;
        }
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "v1" -> Terms.Signature.SECRET;
            case "v1a" -> Terms.Signature.SECRET_AND_KEY;
            default -> throw new JsonBody.Unreadable("$.delivery.signature", "The signature must be 'v1' or 'v1a'.");
        };
    }

    /// Whether the subscriber will fetch its events itself: `"delivery": {"mode": "pull", "after":
    /// "…"}`. It has to say so, since an endpoint that was merely forgotten is an error of the
    /// contract's.
    static Optional<SubscriptionRequest.Pull> pull(JsonNode subscription) throws JsonBody.Unreadable {
        JsonNode delivery = object(subscription, "delivery", "$.delivery");
        JsonNode mode = member(delivery, "mode");
        JsonNode after = member(delivery, "after");
        if (mode.isMissingNode() || mode.asText().equalsIgnoreCase("push")) {
            if (!after.isMissingNode()) {
                throw new JsonBody.Unreadable(
                        "$.delivery.after", "Only a subscription that is pulled begins after an event.");
            }
            return Optional.empty();
        }
        if (!mode.asText().equalsIgnoreCase("pull")) {
            throw new JsonBody.Unreadable("$.delivery.mode", "The mode must be 'push' or 'pull'.");
        }
        if (after.isMissingNode()) {
            return Optional.of(new SubscriptionRequest.Pull(Optional.empty()));
        }
        if (!after.isTextual() || after.asText().isEmpty()) {
            throw new JsonBody.Unreadable("$.delivery.after", "This must be the id of an event, or '0' for the first.");
        }
        return Optional.of(new SubscriptionRequest.Pull(Optional.of(after.asText())));
    }

    private static JsonNode object(JsonNode in, String name, String path) throws JsonBody.Unreadable {
        JsonNode value = member(in, name);
        if (!value.isMissingNode() && !value.isObject()) {
            throw new JsonBody.Unreadable(path, "This must be an object.");
        }
        return value;
    }

    private static int number(JsonNode in, String name, String path, int least, int most) throws JsonBody.Unreadable {
        JsonNode value = member(in, name);
        if (value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= least
                && value.intValue() <= most) {
            return value.intValue();
        }
        throw new JsonBody.Unreadable(path, "This must be a whole number from " + least + " to " + most + ".");
    }

    private static JsonNode member(JsonNode object, String name) {
        return JsonBody.member(object, name).orElse(MissingNode.getInstance());
    }
}

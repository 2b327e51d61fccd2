package no.budstikke.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import no.budstikke.http.Json;
import no.budstikke.http.QueryParameters;

/// `POST /subscriptions?dryRun=true&events=1000`: what is asked for in the query, and the answer.
sealed interface DryRun {

    /// The request is meant.
    record NotAskedFor() implements DryRun {}

    /// Only say what would come of it.
    ///
    /// @param events how many of the newest to examine
    record Wanted(int events) implements DryRun {}

    /// It can't be told what is meant.
    ///
    /// @param errors by parameter
    record Unreadable(Map<String, List<String>> errors) implements DryRun {

        public Unreadable {
            errors = Map.copyOf(errors);
        }
    }

    int DEFAULT_EVENTS = 1_000;
    int MOST_EVENTS = 10_000;

    static DryRun read(QueryParameters query) {
        String dryRun = query.first("dryRun").orElse("false");
        if (dryRun.equalsIgnoreCase("false")) {
            return new NotAskedFor();
        }
        var errors = new TreeMap<String, List<String>>();
        if (!dryRun.equalsIgnoreCase("true")) {
            errors.put("dryRun", List.of("The value '" + dryRun + "' is not valid."));
        }
        String written = query.first("events").orElse(Integer.toString(DEFAULT_EVENTS));
        int events = number(written);
        if (events < 1 || events > MOST_EVENTS) {
            errors.put(
                    "events",
                    List.of("The value '" + written + "' is not valid: it must be from 1 to " + MOST_EVENTS + "."));
        }
        return errors.isEmpty() ? new Wanted(events) : new Unreadable(errors);
    }

    private static int number(String written) {
        try {
            return Integer.parseInt(written.strip());
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    /// What is answered.
    ///
    /// @param subscription without an id when there is none yet
    record Answer(
            ObjectNode subscription,
            int examined,
            int matched,
            TrySubscription.Excluded excluded,
            List<String> warnings) {

        public Answer {
            warnings = List.copyOf(warnings);
        }

        static Answer of(TrySubscription.Outcome.Tried tried) {
            ObjectNode subscription = Json.SPARSE.valueToTree(SubscriptionReply.of(tried.subscription()));
            if (tried.subscription().id() == 0) {
                subscription.remove("id");
            }
            return new Answer(subscription, tried.examined(), tried.matched(), tried.excluded(), tried.warnings());
        }
    }
}

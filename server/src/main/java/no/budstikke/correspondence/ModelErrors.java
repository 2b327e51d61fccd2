package no.budstikke.correspondence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is wrong with a request by itself, all of it together. What can't be read as JSON hides what
/// breaks a rule,
/// because the rules need something to look at. Spec: correspondence §3.1. Confined to one thread.
final class ModelErrors {

    private final Map<String, List<String>> unreadable = new LinkedHashMap<>();
    private final Map<String, List<String>> broken = new LinkedHashMap<>();

    /// Something is no JSON, or of the wrong type.
    ///
    /// @param path such as `$.correspondence.dueDateTime`
    void unreadable(String path, String message) {
        unreadable.computeIfAbsent(path, _ -> new ArrayList<>()).add(message);
    }

    /// Something breaks a rule of the contract's model.
    ///
    /// @param path such as `Correspondence.Content.MessageTitle`
    void broken(String path, String message) {
        broken.computeIfAbsent(path, _ -> new ArrayList<>()).add(message);
    }

    boolean isEmpty() {
        return unreadable.isEmpty() && broken.isEmpty();
    }

    /// By path, in the order in which they were found.
    Map<String, List<String>> byPath() {
        if (unreadable.isEmpty()) {
            return broken;
        }
        var all = new LinkedHashMap<>(unreadable);
        all.put("request", List.of("The request field is required."));
        return all;
    }
}

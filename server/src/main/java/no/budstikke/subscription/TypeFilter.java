package no.budstikke.subscription;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;

/// Reads filters on types, and types of events, so that both spellings of a correspondence event's type
/// are one. Any
/// other type is taken as it is written; case counts. Design §1.
final class TypeFilter {

    private static final Map<CorrespondenceEventType, String> KEYS = keys();

    private TypeFilter() {}

    private static Map<CorrespondenceEventType, String> keys() {
        var keys = new EnumMap<CorrespondenceEventType, String>(CorrespondenceEventType.class);
        for (CorrespondenceEventType type : CorrespondenceEventType.values()) {
            keys.put(type, type.in(Notation.URN));
        }
        return Collections.unmodifiableMap(keys);
    }

    /// The types in a filter, which is one type or a list with commas; none when nothing stands between
    /// the commas.
    static List<String> types(String filter) {
        return Arrays.stream(filter.split(",", -1))
                .map(String::strip)
                .filter(type -> !type.isEmpty())
                .toList();
    }

    /// What is compared in place of the type.
    static String key(String type) {
        return CorrespondenceEventType.parse(type).map(KEYS::get).orElse(type);
    }
}

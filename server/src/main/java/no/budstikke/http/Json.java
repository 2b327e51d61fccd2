package no.budstikke.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// JSON as both contracts read it: member names and enum names in any case, unknown members ignored, no
/// comments, no
/// trailing commas, nothing after
/// the value, and at most 500 levels deep, so that a hostile body can't exhaust the stack. Spec: events
/// §2,
/// correspondence §2.0.
public final class Json {

    private static final int MAX_DEPTH = 500;
    private static final int MAX_STRING = 30_000_000;

    /// Leaves out null members on writing, as Events does.
    public static final ObjectMapper SPARSE = builder()
            .defaultPropertyInclusion(inclusion(JsonInclude.Include.NON_NULL))
            .build();

    /// Writes null members, as Correspondence does.
    public static final ObjectMapper FULL = builder()
            .defaultPropertyInclusion(inclusion(JsonInclude.Include.ALWAYS))
            .build();

    private Json() {}

    private static JsonInclude.Value inclusion(JsonInclude.Include include) {
        return JsonInclude.Value.construct(include, include);
    }

    private static JsonMapper.Builder builder() {
        var limits = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(MAX_STRING)
                .build();
        var factory = JsonFactory.builder()
                .streamReadConstraints(limits)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        return JsonMapper.builder(factory)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);
    }
}

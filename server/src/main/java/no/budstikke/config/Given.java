package no.budstikke.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What was given for each key, by the strongest source that named it. The keys that were asked for are the keys that
/// exist: what was given beyond them is unknown.
final class Given {

    private static final String ENVIRONMENT_PREFIX = "BUDSTIKKE_";
    private static final Pattern HYPHEN = Pattern.compile("-(\\p{Lower})");

    /// @param name as it was written: the key, or the name of an environment variable
    /// @param where the source, as an operator would look for it
    record Value(JsonNode node, String name, String where) {}

    /// @param spelling how this source spells a key
    private record Source(Map<String, Value> values, UnaryOperator<String> spelling) {

        Optional<Value> value(String key) {
            return Optional.ofNullable(values.get(spelling.apply(key)));
        }
    }

    /// From weak to strong.
    private final List<Source> sources;

    private final Set<String> asked = new HashSet<>();

    private Given(List<Source> sources) {
        this.sources = sources;
    }

    static Given inDirectory(Path directory, Map<String, String> environment, Map<String, String> commandLine) {
        Path file = directory.resolve(Settings.FILE_NAME);
        return Files.exists(file)
                ? inFile(file, environment, commandLine)
                : new Given(List.of(environment(environment), commandLine(commandLine)));
    }

    static Given inFile(Path file, Map<String, String> environment, Map<String, String> commandLine) {
        return new Given(List.of(file(file), environment(environment), commandLine(commandLine)));
    }

    private static Source file(Path file) {
        var mapper = new ObjectMapper(YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build());
        JsonNode tree;
        try (var in = Files.newInputStream(file)) {
            tree = mapper.readTree(in);
        } catch (JsonProcessingException e) {
            String complaint = e.getOriginalMessage().lines().findFirst().orElse("");
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new InvalidSettings(
                    List.of("%s is not readable as YAML in line %d: %s.".formatted(file, line, complaint)));
        } catch (IOException e) {
            throw new InvalidSettings(List.of("The settings file %s can't be read: %s".formatted(file, e)));
        }
        if (tree.isMissingNode() || isNothing(tree)) {
            return new Source(Map.of(), UnaryOperator.identity());
        }
        if (!tree.isObject()) {
            throw new InvalidSettings(List.of(file + " must be a tree of keys, such as `http:` with `port: 8080`."));
        }
        Map<String, Value> leaves = new HashMap<>();
        List<String> problems = new ArrayList<>();
        flatten("", tree, file.toString(), leaves, problems);
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        return new Source(leaves, UnaryOperator.identity());
    }

    private static void flatten(
            String prefix, JsonNode tree, String where, Map<String, Value> leaves, List<String> problems) {
        for (var member : tree.properties()) {
            String key = prefix + camelCase(member.getKey());
            JsonNode value = member.getValue();
            if (value.isObject()) {
                flatten(key + ".", value, where, leaves, problems);
            } else if (leaves.put(key, new Value(isNothing(value) ? NullNode.instance : value, key, where)) != null) {
                problems.add("%s is given twice in %s.".formatted(key, where));
            }
        }
    }

    /// A key with nothing behind it, which YAML reads as an empty text, leaves the default.
    private static boolean isNothing(JsonNode node) {
        return node.isNull() || (node.isTextual() && node.asText().isEmpty());
    }

    static String camelCase(String written) {
        return HYPHEN.matcher(written).replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    private static Source environment(Map<String, String> environment) {
        Map<String, Value> values = new HashMap<>();
        environment.forEach((name, text) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                values.put(
                        lettersOnly(name.substring(ENVIRONMENT_PREFIX.length())),
                        new Value(TextNode.valueOf(text), name, "the environment"));
            }
        });
        return new Source(values, Given::lettersOnly);
    }

    /// The environment knows neither dots nor small letters: there a key is known by its letters alone.
    private static String lettersOnly(String key) {
        return key.replaceAll("[._]", "").toLowerCase(Locale.ROOT);
    }

    private static Source commandLine(Map<String, String> commandLine) {
        Map<String, Value> values = new HashMap<>();
        commandLine.forEach((key, text) -> values.put(key, new Value(TextNode.valueOf(text), key, "the command line")));
        return new Source(values, UnaryOperator.identity());
    }

    Optional<Value> value(String key) {
        asked.add(key);
        return sources.reversed().stream()
                .flatMap(source -> source.value(key).stream())
                .filter(value -> !value.node().isNull())
                .findFirst();
    }

    /// One line for each value that was given and never asked for.
    List<String> unknown() {
        return sources.stream()
                .flatMap(source -> {
                    Set<String> known = asked.stream().map(source.spelling()).collect(Collectors.toSet());
                    return source.values().entrySet().stream()
                            .filter(given -> !known.contains(given.getKey()))
                            .map(Map.Entry::getValue)
                            .filter(value -> !isEmptySection(value))
                            .sorted(Comparator.comparing(Value::name));
                })
                .map(value -> "%s in %s is not a setting; there are %s."
                        .formatted(value.name(), value.where(), String.join(", ", neighbours(value.name()))))
                .toList();
    }

    private boolean isEmptySection(Value value) {
        return value.node().isNull() && asked.stream().anyMatch(key -> key.startsWith(value.name() + "."));
    }

    /// The keys of the section that a key would belong to; of the whole tree, the sections, when there is none such.
    private Set<String> neighbours(String name) {
        String section = name.substring(0, name.lastIndexOf('.') + 1);
        Set<String> inSection = asked.stream()
                .filter(key -> !section.isEmpty() && key.startsWith(section))
                .collect(Collectors.toCollection(TreeSet::new));
        return inSection.isEmpty()
                ? asked.stream()
                        .map(key -> key.replaceFirst("\\..*", ".…"))
                        .collect(Collectors.toCollection(TreeSet::new))
                : inSection;
    }
}

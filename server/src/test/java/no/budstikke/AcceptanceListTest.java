package no.budstikke;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Keeps the table of the contract's acceptance list true: docs/events-acceptance.md. Spec: events §16.
class AcceptanceListTest {

    private static final Path TABLE = Path.of("../docs/events-acceptance.md");
    private static final List<Path> TESTS = List.of(Path.of("src/test/java"), Path.of("../acceptance/src/test/java"));
    private static final int POINTS = 54;

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| ([^|]+) \\| (.+) \\|$");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");

    /// A method that JUnit runs: its annotation, whatever stands between, and its name.
    private static final Pattern RUN =
            Pattern.compile("@(?:Test|ParameterizedTest)\\b(?:(?!\\bvoid\\b)[\\s\\S])*\\bvoid\\s+(\\w+)\\(");

    private record Row(int point, String asked, String shownBy) {}

    @Test
    void every_point_has_its_row_and_every_row_says_what_is_asked() throws IOException {
        assertThat(rows())
                .extracting(Row::point)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, POINTS).boxed().toList());
        assertThat(rows()).allSatisfy(row -> assertThat(row.asked()).isNotBlank());
    }

    @Test
    void every_test_that_the_table_names_is_one_that_is_run() throws IOException {
        Map<String, List<String>> run = runByClass();
        for (Row row : rows()) {
            String[] names = row.shownBy().split("<br>", -1);
            for (String name : names) {
                Matcher named = NAMED.matcher(name);
                assertThat(named.matches())
                        .as("point %d: %s", row.point(), name)
                        .isTrue();
                assertThat(run).as("point %d", row.point()).containsKey(named.group(1));
                assertThat(run.getOrDefault(named.group(1), List.of()))
                        .as("point %d: methods of %s", row.point(), named.group(1))
                        .contains(named.group(2));
            }
        }
    }

    private static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(TABLE))
                .results()
                .map(row -> new Row(Integer.parseInt(row.group(1)), row.group(2), row.group(3)))
                .toList();
    }

    /// The names of the methods that are run, by the simple name of their class, of which there is one.
    private static Map<String, List<String>> runByClass() throws IOException {
        BinaryOperator<List<String>> twice = (one, other) -> {
            throw new AssertionError("two test classes have the same name: " + one + other);
        };
        var all = new TreeMap<String, List<String>>();
        for (Path folder : TESTS) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                        .toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    all.merge(name, run(Files.readString(file)), twice);
                }
            }
        }
        return all;
    }

    private static List<String> run(String source) {
        return RUN.matcher(source).results().map(found -> found.group(1)).collect(Collectors.toList());
    }
}

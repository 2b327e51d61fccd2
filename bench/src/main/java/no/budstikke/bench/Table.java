package no.budstikke.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Figures of one measurement. Cells are numbers or text.
///
/// @param name of the command that measures it
record Table(String name, String title, List<String> columns, List<List<Object>> rows, List<String> notes) {

    Table(String name, String title, String... columns) {
        this(name, title, List.of(columns), new ArrayList<>(), new ArrayList<>());
    }

    Table row(Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "%s: %d cells for %d columns".formatted(name, cells.length, columns.size()));
        }
        rows.add(List.of(cells));
        return this;
    }

    Table note(String note) {
        notes.add(note);
        return this;
    }

    /// The numbers in a column, from top to bottom.
    List<Double> numbers(String column) {
        int at = columns.indexOf(column);
        return rows.stream()
                .map(row -> row.get(at) instanceof Number number ? number.doubleValue() : Double.NaN)
                .toList();
    }

    String text() {
        List<Integer> widths = IntStream.range(0, columns.size())
                .mapToObj(column -> Math.max(
                        columns.get(column).length(),
                        rows.stream()
                                .mapToInt(row -> shown(row.get(column)).length())
                                .max()
                                .orElse(0)))
                .toList();
        var text = new StringBuilder(title).append('\n').append(line(widths, columns));
        for (List<Object> row : rows) {
            text.append(line(widths, row));
        }
        notes.forEach(note -> text.append("  ").append(note).append('\n'));
        return text.toString();
    }

    private static String line(List<Integer> widths, List<?> cells) {
        return IntStream.range(0, cells.size())
                .mapToObj(column ->
                        " ".repeat(widths.get(column) - shown(cells.get(column)).length()) + shown(cells.get(column)))
                .collect(Collectors.joining("  ", "  ", "\n"));
    }

    String markdown() {
        var text = new StringBuilder("### ").append(title).append("\n\n");
        text.append(markdown(columns));
        text.append("|").append("---:|".repeat(columns.size())).append('\n');
        rows.forEach(row -> text.append(markdown(row)));
        text.append('\n');
        notes.forEach(note -> text.append("* ").append(note).append('\n'));
        return text.toString();
    }

    private static String markdown(List<?> cells) {
        return cells.stream().map(Table::shown).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /// As it is printed.
    static String shown(Object cell) {
        return switch (cell) {
            case Double number when Math.abs(number) >= 100 -> "%,.0f".formatted(number);
            case Double number -> "%.2f".formatted(number);
            case Number number -> "%,d".formatted(number.longValue());
            default -> cell.toString();
        };
    }
}

package no.budstikke.bench;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A chart as SVG, written by hand: few categories on the x axis, a few series, readable on light and
/// dark pages.
///
/// @param unit of the values
/// @param categories labels of the x axis
record Chart(String title, String unit, List<String> categories, List<Series> series) {

    /// @param values one per category; NaN where there is none
    record Series(String name, List<Double> values) {}

    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 64;
    private static final int RIGHT = 704;
    private static final int TOP = 84;
    private static final int BOTTOM = 316;

    private static final String STYLE = """
            <style>
              text { font: 13px system-ui, sans-serif; fill: #1f2328 }
              .paper { fill: #ffffff } .title { font-size: 16px; font-weight: 600 } .faint { fill: #59636e }
              .grid { stroke: #d1d9e0 }
              .bar0, .dot0 { fill: #0969da } .bar1, .dot1 { fill: #d4a72c } .bar2, .dot2 { fill: #1a7f37 }
              .line0 { stroke: #0969da } .line1 { stroke: #d4a72c } .line2 { stroke: #1a7f37 }
              polyline { fill: none; stroke-width: 2.5 }
              @media (prefers-color-scheme: dark) {
                text { fill: #f0f6fc } .paper { fill: #0d1117 } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
                .bar0, .dot0 { fill: #4493f8 } .bar1, .dot1 { fill: #e3b341 } .bar2, .dot2 { fill: #3fb950 }
                .line0 { stroke: #4493f8 } .line1 { stroke: #e3b341 } .line2 { stroke: #3fb950 }
              }
            </style>
            """;

    /// From a value to a place on the y axis.
    private interface Scale {

        List<Double> ticks();

        double share(double value);

        default double y(double value) {
            return BOTTOM - (BOTTOM - TOP) * Math.clamp(share(value), 0.0, 1.0);
        }
    }

    private record Linear(double top, double step) implements Scale {

        static Linear upTo(double largest) {
            double power = Math.pow(10, Math.floor(Math.log10(largest)));
            double step = List.of(0.2, 0.5, 1.0, 2.0).stream()
                    .map(factor -> factor * power)
                    .filter(candidate -> largest / candidate <= 6)
                    .findFirst()
                    .orElse(2 * power);
            return new Linear(Math.ceil(largest / step) * step, step);
        }

        @Override
        public List<Double> ticks() {
            return IntStream.rangeClosed(0, (int) Math.round(top / step))
                    .mapToObj(i -> i * step)
                    .toList();
        }

        @Override
        public double share(double value) {
            return value / top;
        }
    }

    /// Powers of ten.
    private record Logarithmic(int lowest, int highest) implements Scale {

        static Logarithmic over(double smallest, double largest) {
            int lowest = (int) Math.floor(Math.log10(smallest));
            return new Logarithmic(lowest, Math.max(lowest + 1, (int) Math.ceil(Math.log10(largest))));
        }

        @Override
        public List<Double> ticks() {
            return IntStream.rangeClosed(lowest, highest)
                    .mapToObj(power -> Math.pow(10, power))
                    .toList();
        }

        @Override
        public double share(double value) {
            return (Math.log10(value) - lowest) / (highest - lowest);
        }
    }

    /// Bars side by side for each category.
    String bars() {
        var svg = new StringBuilder();
        Scale scale = Linear.upTo(largest());
        frame(svg, scale);
        double group = (RIGHT - LEFT) / (double) categories.size();
        double width = Math.min(72, group * 0.8 / series.size());
        for (int s = 0; s < series.size(); s++) {
            for (int c = 0; c < categories.size(); c++) {
                double value = series.get(s).values().get(c);
                if (Double.isNaN(value)) {
                    continue;
                }
                double x = middle(c) + (s - series.size() / 2.0) * width;
                double y = scale.y(value);
                svg.append("<rect class=\"bar%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/>\n"
                        .formatted(s, x + 1, y, width - 2, BOTTOM - y));
                svg.append(text(x + width / 2, y - 5, "middle", "faint", shown(value)));
            }
        }
        return svg.append("</svg>\n").toString();
    }

    /// One line per series.
    String lines() {
        return lines(Linear.upTo(largest()));
    }

    /// As [#lines()], with a y axis of powers of ten.
    String linesOverDecades() {
        return lines(Logarithmic.over(smallest(), largest()));
    }

    private String lines(Scale scale) {
        var svg = new StringBuilder();
        frame(svg, scale);
        for (int s = 0; s < series.size(); s++) {
            List<Double> values = series.get(s).values();
            var points = new StringBuilder();
            for (int c = 0; c < categories.size(); c++) {
                points.append("%.1f,%.1f ".formatted(middle(c), scale.y(values.get(c))));
            }
            svg.append("<polyline class=\"line%d\" points=\"%s\"/>\n"
                    .formatted(s, points.toString().strip()));
            for (int c = 0; c < categories.size(); c++) {
                svg.append("<circle class=\"dot%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n"
                        .formatted(s, middle(c), scale.y(values.get(c))));
            }
        }
        for (int c = 0; c < categories.size(); c++) {
            values(svg, scale, c);
        }
        return svg.append("</svg>\n").toString();
    }

    /// The values of one category beside their points, one below the other where the points are close.
    private void values(StringBuilder svg, Scale scale, int category) {
        List<Double> fromTop = series.stream()
                .map(each -> each.values().get(category))
                .sorted(Comparator.reverseOrder())
                .toList();
        double free = 0;
        for (double value : fromTop) {
            double y = Math.max(scale.y(value) - 7, free);
            svg.append(text(middle(category) + 9, y, "start", "faint", shown(value)));
            free = y + 14;
        }
    }

    private void frame(StringBuilder svg, Scale scale) {
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, HEIGHT, title));
        svg.append(STYLE);
        svg.append("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n".formatted(WIDTH, HEIGHT));
        svg.append(text(16, 28, "start", "title", title));
        double x = 16;
        for (int s = 0; s < series.size(); s++) {
            svg.append("<rect class=\"bar%d\" x=\"%.0f\" y=\"43\" width=\"12\" height=\"12\" rx=\"2\"/>\n"
                    .formatted(s, x));
            svg.append(text(x + 18, 54, "start", "", series.get(s).name()));
            x += 42 + series.get(s).name().length() * 7.2;
        }
        svg.append(text(RIGHT, 54, "end", "faint", unit));
        for (double tick : scale.ticks()) {
            svg.append("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n"
                    .formatted(LEFT, RIGHT, scale.y(tick), scale.y(tick)));
            svg.append(text(LEFT - 8, scale.y(tick) + 4, "end", "faint", shown(tick)));
        }
        for (int c = 0; c < categories.size(); c++) {
            svg.append(text(middle(c), BOTTOM + 22, "middle", "", categories.get(c)));
        }
    }

    private double middle(int category) {
        return LEFT + (category + 0.5) * (RIGHT - LEFT) / categories.size();
    }

    private double largest() {
        return values().max().orElse(1);
    }

    private double smallest() {
        return values().min().orElse(1);
    }

    private java.util.stream.DoubleStream values() {
        return series.stream()
                .flatMap(each -> each.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> value > 0);
    }

    private static String shown(double value) {
        if (value >= 100 || value == Math.rint(value)) {
            return "%,.0f".formatted(value);
        }
        return value >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
    }

    private static String text(double x, double y, String anchor, String style, String text) {
        return "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
                .formatted(x, y, anchor, style, text);
    }
}

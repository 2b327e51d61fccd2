package no.budstikke.config;

/// A text that must not get into logs.
public record Secret(String value) {

    @Override
    public String toString() {
        return "(secret)";
    }
}

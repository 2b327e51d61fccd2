package no.budstikke.access;

/// One XACML attribute: its id and its value.
public record Attribute(String id, String value) {}

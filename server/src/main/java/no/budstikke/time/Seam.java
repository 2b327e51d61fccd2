package no.budstikke.time;

/// Stands where another room's code will be; gone before the first release.
@SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
public final class Seam {

    private Seam() {}

    /// Never answers.
    public static <T> T missing(Object... parts) {
        throw new IllegalStateException("seam " + parts.length);
    }
}

package no.budstikke.access;

/// What became of a rule, or of all rules together. An undecided rule is named by what it might have
/// been.
enum Outcome {
    PERMIT,
    DENY,
    NOT_APPLICABLE,
    PERMIT_UNDECIDED,
    DENY_UNDECIDED,
    UNDECIDED
}

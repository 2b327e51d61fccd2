package no.budstikke.access;

import java.util.List;

/// What the decision point answers. Only [Permit] opens the door.
public sealed interface Decision {

    /// With the authentication levels that the caller must reach.
    record Permit(List<Obligation> obligations) implements Decision {

        public Permit {
            obligations = List.copyOf(obligations);
        }
    }

    record Deny() implements Decision {}

    record NotApplicable() implements Decision {}

    /// The decision could not be made; `reason` is for the log.
    record Indeterminate(String reason) implements Decision {}

    /// `category` is `urn:altinn:minimum-authenticationlevel` or the same with `-org`. Spec:
    /// authorization §15.4.
    record Obligation(String category, int minimumLevel) {}
}

package no.budstikke.correspondence;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;

/// A recipient in a request, in one of the forms that the contract accepts. Two spellings of one party
/// are one
/// recipient. Spec: correspondence §1.1.
///
/// @param urn   the canonical spelling, in lower case
/// @param party empty for e-mail and legacy users, whom the register does not know
record Recipient(String urn, Optional<PartyIdentifier> party) {

    private static final Pattern SELF_IDENTIFIED = Pattern.compile(
            "urn:altinn:person:(?:idporten-email:[^:@]+@[^:@]+|legacy-selfidentified:[^:]+)", Pattern.CASE_INSENSITIVE);

    /// Empty when the form or a control digit is wrong.
    static Optional<Recipient> parse(String written) {
        String lower = written.strip().toLowerCase(Locale.ROOT);
        return party(lower)
                .map(party -> new Recipient(party.urn(), Optional.of(party)))
                .or(() -> SELF_IDENTIFIED.matcher(lower).matches()
                        ? Optional.of(new Recipient(lower, Optional.empty()))
                        : Optional.empty());
    }

    /// An organisation with its prefix, or a person with or without it.
    static Optional<PartyIdentifier> party(String written) {
        return OrganizationNumber.parse(written)
                .map(PartyIdentifier.class::cast)
                .or(() -> NationalIdentityNumber.parse(written));
    }
}

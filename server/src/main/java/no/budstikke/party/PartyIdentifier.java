package no.budstikke.party;

/// What names a party from outside: a number of the national registers. Two spellings of one number are
/// one
/// identifier.
/// Spec: correspondence §1.1.
public sealed interface PartyIdentifier permits OrganizationNumber, NationalIdentityNumber {

    /// The canonical spelling, stored and returned: `urn:altinn:organization:identifier-no:…` or
    /// `urn:altinn:person:identifier-no:…`.
    String urn();

    /// The spelling of `alternativesubject`: `/organisation/…` or `/person/…`.
    String path();
}

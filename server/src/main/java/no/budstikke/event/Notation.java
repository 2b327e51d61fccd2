package no.budstikke.event;

/// How a correspondence event spells its party and its type. Both are read everywhere; design §1.
public enum Notation {
    /// The seed's: subject `/party/50015641`, type `no.altinn.correspondence.Published`, time with `Z`.
    PARTY,
    /// Altinn's of 2026: subject `urn:altinn:organization:identifier-no:…`, type
    /// `no.altinn.correspondence.correspondencepublished`.
    URN
}

package no.budstikke.party;

import java.util.Optional;

/// Who is who. Cheap enough for every request: known parties are kept in memory.
public final class PartyRegister {

    /// The party that the number names.
    public Optional<Party> find(PartyIdentifier identifier) {
        return no.budstikke.time.Seam.missing(identifier);
    }

    /// The party with that numeric party id.
    public Optional<Party> find(int partyId) {
        return no.budstikke.time.Seam.missing(partyId);
    }
}

package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;

/// What matching needs to know of the register: which number and which party id belong together.
interface Parties {

    Optional<Party> find(PartyIdentifier identifier);

    Optional<Party> find(int partyId);

    static Parties of(PartyRegister register) {
        return new Parties() {
            @Override
            public Optional<Party> find(PartyIdentifier identifier) {
                return register.find(identifier);
            }

            @Override
            public Optional<Party> find(int partyId) {
                return register.find(partyId);
            }
        };
    }

    /// The filter for the party that the text names, with both its keys where the register knows them.
    static Optional<PartyFilter.Party> read(Parties register, String written) {
        long key = PartyKey.of(written);
        if (key == PartyKey.NONE) {
            return Optional.empty();
        }
        Optional<Party> known = PartyKey.isPartyId(key)
                ? PartyKey.partyId(key).flatMap(register::find)
                : PartyKey.identifier(key).flatMap(register::find);
        return Optional.of(known.map(
                        party -> new PartyFilter.Party(PartyKey.of(party.identifier()), PartyKey.ofPartyId(party.id())))
                .orElseGet(() -> PartyKey.isPartyId(key)
                        ? new PartyFilter.Party(PartyKey.NONE, key)
                        : new PartyFilter.Party(key, PartyKey.NONE)));
    }
}

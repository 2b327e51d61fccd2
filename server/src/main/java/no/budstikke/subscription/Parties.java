package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;

/// What matching needs to know of the register: which number and which party id belong together.
interface Parties {

    Optional<Party> find(PartyIdentifier identifier);

    Optional<Party> find(int partyId);

    /// The organisation that this one is a subunit of.
    Optional<Party> mainUnit(Party subunit);

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

            @Override
            public Optional<Party> mainUnit(Party subunit) {
                return register.entry(subunit)
                        .flatMap(PartyRegister.Entry::mainUnit)
                        .flatMap(register::find);
            }
        };
    }

    /// The filter for the party that the text names, with both its keys where the register knows them.
    static Optional<PartyFilter.Party> read(Parties register, String written) {
        long key = PartyKey.of(written);
        if (key == PartyKey.NONE) {
            return Optional.empty();
        }
        return Optional.of(known(register, key)
                .map(party -> new PartyFilter.Party(PartyKey.of(party.identifier()), PartyKey.ofPartyId(party.id())))
                .orElseGet(() -> PartyKey.isPartyId(key)
                        ? new PartyFilter.Party(PartyKey.NONE, key)
                        : new PartyFilter.Party(key, PartyKey.NONE)));
    }

    private static Optional<Party> known(Parties register, long key) {
        return PartyKey.isPartyId(key)
                ? PartyKey.partyId(key).flatMap(register::find)
                : PartyKey.identifier(key).flatMap(register::find);
    }

    /// The main unit of the party that the key stands for.
    static Optional<Party> mainUnit(Parties register, long key) {
        return known(register, key).flatMap(register::mainUnit);
    }
}

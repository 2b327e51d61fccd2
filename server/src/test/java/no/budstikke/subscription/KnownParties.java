package no.budstikke.subscription;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;

/// A register of a few parties.
///
/// @param mainUnits the main unit's party id by the subunit's
record KnownParties(Map<Integer, PartyIdentifier> numbers, Map<Integer, Integer> mainUnits) implements Parties {

    static final int SUBUNIT = 50000005;
    static final int MAIN_UNIT = 50000002;

    /// An organisation that stands in the register as its own main unit.
    static final int OWN_MAIN_UNIT = 50000009;

    static final int PERSON = 50010001;

    static final KnownParties SEED = new KnownParties(
            Map.of(
                    50015641,
                    new OrganizationNumber("123456789"),
                    MAIN_UNIT,
                    new OrganizationNumber("310000018"),
                    SUBUNIT,
                    new OrganizationNumber("310000043"),
                    OWN_MAIN_UNIT,
                    new OrganizationNumber("310000099"),
                    PERSON,
                    new NationalIdentityNumber("01819010001")),
            Map.of(SUBUNIT, MAIN_UNIT, OWN_MAIN_UNIT, OWN_MAIN_UNIT));

    KnownParties {
        numbers = Map.copyOf(numbers);
        mainUnits = Map.copyOf(mainUnits);
    }

    /// Party ids 1 … n with numbers 900000001 … .
    static KnownParties many(int count) {
        var numbers = new HashMap<Integer, PartyIdentifier>();
        for (int id = 1; id <= count; id++) {
            numbers.put(id, new OrganizationNumber(Integer.toString(900_000_000 + id)));
        }
        return new KnownParties(numbers, Map.of());
    }

    @Override
    public Optional<Party> find(PartyIdentifier identifier) {
        return numbers.entrySet().stream()
                .filter(entry -> entry.getValue().equals(identifier))
                .findFirst()
                .flatMap(entry -> find(entry.getKey()));
    }

    @Override
    public Optional<Party> find(int partyId) {
        return Optional.ofNullable(numbers.get(partyId))
                .map(number -> new Party(new UUID(0, partyId), partyId, number, "Party " + partyId));
    }

    @Override
    public Optional<Party> mainUnit(Party subunit) {
        return Optional.ofNullable(mainUnits.get(subunit.id())).flatMap(this::find);
    }
}

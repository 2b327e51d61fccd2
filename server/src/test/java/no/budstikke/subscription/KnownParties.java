package no.budstikke.subscription;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;

/// A register of a few organisations.
record KnownParties(Map<Integer, OrganizationNumber> numbers) implements Parties {

    static final KnownParties SEED = new KnownParties(Map.of(50015641, new OrganizationNumber("123456789")));

    KnownParties {
        numbers = Map.copyOf(numbers);
    }

    /// Party ids 1 … n with numbers 900000001 … .
    static KnownParties many(int count) {
        var numbers = new HashMap<Integer, OrganizationNumber>();
        for (int id = 1; id <= count; id++) {
            numbers.put(id, new OrganizationNumber(Integer.toString(900_000_000 + id)));
        }
        return new KnownParties(numbers);
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
}

package no.budstikke.correspondence;

import java.util.Optional;
import no.budstikke.identity.Caller;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyRegister;

/// For whom a caller acts. Spec: correspondence §9.3.
sealed interface CallerParty {

    record Known(Party party) implements CallerParty {}

    /// The token names somebody whom the register does not know.
    record Unknown() implements CallerParty {}

    /// The token names nobody.
    record Undetermined() implements CallerParty {}

    static CallerParty of(Caller caller, PartyRegister parties) {
        if (caller.partyId().isPresent()) {
            return known(parties.find(caller.partyId().getAsInt()));
        }
        if (caller.person().isPresent()) {
            return known(parties.find(caller.person().get()));
        }
        return organization(caller).map(number -> known(parties.find(number))).orElseGet(Undetermined::new);
    }

    /// The organisation behind a token: the system user's, else the token's own, else the consumer.
    static Optional<OrganizationNumber> organization(Caller caller) {
        return caller.systemUser()
                .flatMap(Caller.SystemUser::organization)
                .or(caller::organizationNumber)
                .or(caller::consumer);
    }

    private static CallerParty known(Optional<Party> party) {
        return party.<CallerParty>map(Known::new).orElseGet(Unknown::new);
    }

    /// Where the contract does not tell apart nobody from somebody unknown.
    default CallerParty orUnknown() {
        return this instanceof Known ? this : new Unknown();
    }
}

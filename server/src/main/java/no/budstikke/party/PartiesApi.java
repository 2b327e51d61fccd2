package no.budstikke.party;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Routes;
import org.jspecify.annotations.Nullable;

/// `GET /api/parties`: who can be written to, for an integrator who looks around. Only in development.
public final class PartiesApi {

    private final PartyRegister parties;

    public PartiesApi(PartyRegister parties) {
        this.parties = parties;
    }

    public void addTo(Routes routes) {
        routes.add("GET", "/api/parties", _ -> Reply.json(200, Json.SPARSE, new PartiesExt(listed())));
    }

    private List<PartyExt> listed() {
        return parties.entries().stream().map(PartyExt::of).toList();
    }

    record PartiesExt(List<PartyExt> parties) {}

    record PartyExt(
            int partyId,
            UUID partyUuid,
            String identifier,
            String name,
            @Nullable Integer userId,
            @Nullable String code,
            @Nullable String mainUnit) {

        static PartyExt of(PartyRegister.Entry entry) {
            Party party = entry.party();
            Optional<String> mainUnit = entry.mainUnit().map(OrganizationNumber::urn);
            return new PartyExt(
                    party.id(),
                    party.uuid(),
                    party.identifier().urn(),
                    party.name(),
                    entry.userId().isPresent() ? (Integer) entry.userId().getAsInt() : null,
                    entry.code().orElse(null),
                    mainUnit.orElse(null));
        }
    }
}

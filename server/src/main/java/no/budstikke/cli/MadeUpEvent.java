package no.budstikke.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.Notation;
import no.budstikke.http.Json;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;

/// An event as a correspondence would cause it, without a correspondence. Spec: correspondence §6.2.
///
/// @param resource its id, without the URN's beginning
/// @param subject in the spelling of the notation
record MadeUpEvent(
        UUID id,
        CorrespondenceEventType type,
        Notation notation,
        String resource,
        String instance,
        String subject,
        String alternativeSubject,
        Instant time) {

    /// @param source base address of whoever sends it
    String json(String source) {
        ObjectNode event = Json.FULL
                .createObjectNode()
                .put("specversion", "1.0")
                .put("id", id.toString())
                .put("type", type.in(notation))
                .put("time", time.truncatedTo(ChronoUnit.MICROS).toString())
                .put("resource", "urn:altinn:resource:" + resource)
                .put("resourceinstance", instance)
                .put("subject", subject)
                .put("alternativesubject", alternativeSubject)
                .put("source", source + "/correspondence/api/v1/correspondence");
        return event.toString();
    }

    /// Whoever is meant by nine or eleven digits, or by a URN.
    static PartyIdentifier party(String written) {
        try {
            return switch (written) {
                case String digits when digits.matches("\\d{9}") -> new OrganizationNumber(digits);
                case String digits when digits.matches("\\d{11}") -> new NationalIdentityNumber(digits);
                default ->
                    PartyIdentifier.parse(written)
                            .orElseThrow(() -> new CommandFailed("not a party: " + written
                                    + " (an organisation number, a national identity number, or a URN)"));
            };
        } catch (IllegalArgumentException e) {
            throw new CommandFailed("not a party: " + e.getMessage(), e);
        }
    }

    /// How the notation spells a party as the subject. A server in development tells its party id.
    static String subject(PartyIdentifier party, Notation notation, RemoteServer server) {
        return switch (notation) {
            case URN -> party.urn();
            case PARTY -> partyId(party, server).map(id -> "/party/" + id).orElseGet(party::urn);
        };
    }

    private static Optional<String> partyId(PartyIdentifier party, RemoteServer server) {
        HttpResponse<String> answer = server.open("/api/parties");
        if (answer.statusCode() != 200) {
            return Optional.empty();
        }
        for (JsonNode one : RemoteServer.json(answer).path("parties")) {
            if (one.path("identifier").asText().equals(party.urn())) {
                return Optional.of(one.path("partyId").asText());
            }
        }
        return Optional.empty();
    }
}

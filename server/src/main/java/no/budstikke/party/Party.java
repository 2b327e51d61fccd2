package no.budstikke.party;

import java.util.UUID;

/// An entry of the register.
///
/// @param id   the numeric party id, as in `/party/50015641`
/// @param name the display name
public record Party(UUID uuid, int id, PartyIdentifier identifier, String name) {

    /// The spelling of `subject` in the seed's notation.
    public String path() {
        return "/party/" + id;
    }
}

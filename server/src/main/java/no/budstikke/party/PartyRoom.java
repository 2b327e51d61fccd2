package no.budstikke.party;

import no.budstikke.database.Database;

/// Opens the room.
public final class PartyRoom {

    private PartyRoom() {}

    /// The parties that the database holds.
    public static PartyRegister register(Database database) {
        return PartyRegister.of(database.inTransaction(new PartyStore()::all));
    }

    /// As above, after the synthetic parties have been put in where they are missing. For development.
    public static PartyRegister registerWithSynthetic(Database database) {
        database.useTransaction(tx -> new PartyStore().add(tx, SyntheticParties.read()));
        return register(database);
    }
}

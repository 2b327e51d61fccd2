package no.budstikke.party;

import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.database.RegisterVersion;

/// Opens the room.
public final class PartyRoom {

    private PartyRoom() {}

    /// The parties that the database holds.
    public static PartyRegister register(Database database) {
        PartyRegister register = PartyRegister.of(List.of());
        refresh(database, register);
        return register;
    }

    /// Reads the register anew if the database's has been changed; whether it was. One short query when
    /// it was not.
    ///
    /// @throws RuntimeException when the database can't be asked, or holds what can't be read; then the
    ///     register stays as it is
    public static boolean refresh(Database database, PartyRegister register) {
        return database.inTransaction(tx -> {
            long version = RegisterVersion.PARTY.read(tx);
            if (version == register.version()) {
                return false;
            }
            register.takeOver(new PartyStore().all(tx), version);
            return true;
        });
    }

    /// As above, after the synthetic parties have been put in where they are missing. For development.
    public static PartyRegister registerWithSynthetic(Database database) {
        database.useTransaction(tx -> new PartyStore().add(tx, SyntheticParties.read()));
        return register(database);
    }
}

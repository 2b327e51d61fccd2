package no.budstikke.resource;

import java.util.List;
import no.budstikke.database.Database;
import no.budstikke.database.RegisterVersion;

/// Opens the room.
public final class ResourceRoom {

    private ResourceRoom() {}

    /// The resources that the database holds.
    public static ResourceRegistry registry(Database database) {
        ResourceRegistry registry = ResourceRegistry.of(List.of());
        refresh(database, registry);
        return registry;
    }

    /// Reads the registry anew if the database's has been changed; whether it was. One short query when
    /// it was not.
    ///
    /// @throws RuntimeException when the database can't be asked, or holds what can't be read; then the
    ///     registry stays as it is
    public static boolean refresh(Database database, ResourceRegistry registry) {
        return database.inTransaction(tx -> {
            long version = RegisterVersion.RESOURCE.read(tx);
            if (version == registry.version()) {
                return false;
            }
            registry.takeOver(new ResourceStore().all(tx), version);
            return true;
        });
    }

    /// As above, after the test resources have been put in where they are missing. For development.
    public static ResourceRegistry registryWithTestResources(Database database) {
        database.useTransaction(tx -> new ResourceStore().add(tx, TestResources.read()));
        return registry(database);
    }
}

package no.budstikke.resource;

import no.budstikke.database.Database;

/// Opens the room.
public final class ResourceRoom {

    private ResourceRoom() {}

    /// The resources that the database holds.
    public static ResourceRegistry registry(Database database) {
        return ResourceRegistry.of(database.inTransaction(new ResourceStore()::all));
    }

    /// As above, after the test resources have been put in where they are missing. For development.
    public static ResourceRegistry registryWithTestResources(Database database) {
        database.useTransaction(tx -> new ResourceStore().add(tx, TestResources.read()));
        return registry(database);
    }
}

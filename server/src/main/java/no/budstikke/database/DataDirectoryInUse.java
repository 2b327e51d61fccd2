package no.budstikke.database;

import java.nio.file.Path;

/// Another live process, or another part of this one, works on the data directory.
public final class DataDirectoryInUse extends RuntimeException {

    DataDirectoryInUse(Path directory, String process) {
        super("The data directory %s is in use by process %s.".formatted(directory, process));
    }
}

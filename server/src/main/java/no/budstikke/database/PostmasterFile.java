package no.budstikke.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What PostgreSQL's server process writes of itself into `postmaster.pid`, as far as we read it.
///
/// @param pid the process; it may be gone, or by now be another program's
/// @param ready whether it accepts connections
record PostmasterFile(long pid, boolean ready) {

    static final String NAME = "postmaster.pid";

    private static final int PID_LINE = 0;
    private static final int STATUS_LINE = 7;

    /// Empty when there is no such file, or PostgreSQL has only begun to write it.
    static Optional<PostmasterFile> read(Path clusterDirectory) {
        try {
            return parse(Files.readAllLines(clusterDirectory.resolve(NAME)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static Optional<PostmasterFile> parse(List<String> lines) {
        if (lines.isEmpty() || !lines.get(PID_LINE).strip().matches("\\d{1,18}")) {
            return Optional.empty();
        }
        boolean ready =
                lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
        return Optional.of(new PostmasterFile(Long.parseLong(lines.get(PID_LINE).strip()), ready));
    }
}

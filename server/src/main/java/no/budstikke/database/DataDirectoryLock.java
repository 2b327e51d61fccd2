package no.budstikke.database;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process per data directory. The lock is the kernel's lock on the file `budstikke.lock`, which ends with the
/// process however that ends; the number written in the file only tells others whom to look for.
final class DataDirectoryLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectoryLock.class);
    private static final String FILE_NAME = "budstikke.lock";

    /// The directories held by this process. Asked before the file is opened: the kernel's locks belong to the process,
    /// and closing a second channel on the file would give away the first one's lock.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DataDirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /// Takes the lock or says who has it. The directory must exist and be given by its real path.
    static DataDirectoryLock take(Path directory) {
        String self = Long.toString(ProcessHandle.current().pid());
        if (!HELD_HERE.add(directory)) {
            throw new DataDirectoryInUse(directory, self);
        }
        try {
            return lockFile(directory, self);
        } catch (DataDirectoryInUse | EmbeddedPostgresFailed e) {
            HELD_HERE.remove(directory);
            throw e;
        }
    }

    private static DataDirectoryLock lockFile(Path directory, String self) {
        Path file = directory.resolve(FILE_NAME);
        try {
            FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
            String holder = read(channel);
            // The lock lives as long as the channel.
            if (channel.tryLock() == null) {
                channel.close();
                throw new DataDirectoryInUse(directory, holder.isEmpty() ? "(not yet known)" : holder);
            }
            if (!holder.isEmpty()) {
                LOG.info(
                        "Process {} ended without leaving the data directory {}; its lock is stale", holder, directory);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((self + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new DataDirectoryLock(directory, channel);
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("The lock file %s can't be written: %s".formatted(file, e), e);
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        return StandardCharsets.US_ASCII.decode(text.flip()).toString().strip();
    }

    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException e) {
            LOG.warn("The lock file in {} could not be emptied; the lock itself is given back", directory, e);
        } finally {
            HELD_HERE.remove(directory);
        }
    }
}

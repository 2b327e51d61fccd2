package no.budstikke.database;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, unpacked once per machine and user from the jar into a cache directory.
final class PostgresBinaries {

    /// The major version whose data directories these programs can read.
    static final String MAJOR_VERSION = "18";

    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
    private static final Set<PosixFilePermission> OPEN_DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

    private PostgresBinaries() {}

    /// The directory that has `bin`, `lib` and `share`; unpacks them first where needed.
    static Path home(Unprivileged user) {
        var refused = new ArrayList<String>();
        for (Path cache : caches(System.getenv(), System.getProperty("user.home"))) {
            try {
                Files.createDirectories(cache);
                if (user.reaches(cache)) {
                    return unpackedIn(cache);
                }
                refused.add(cache + " is closed to the user who runs PostgreSQL");
            } catch (IOException e) {
                refused.add(e.toString());
            }
        }
        try {
            return unpackedIn(temporaryCache());
        } catch (IOException e) {
            refused.add(e.toString());
            throw new EmbeddedPostgresFailed(
                    "PostgreSQL's programs could not be unpacked anywhere: " + String.join("; ", refused), e);
        }
    }

    static List<Path> caches(Map<String, String> environment, String userHome) {
        String configured = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = configured.startsWith("/") ? Path.of(configured) : Path.of(userHome, ".cache");
        return List.of(base.resolve("budstikke"));
    }

    /// The temporary directory is everybody's: a directory there is used only if it is ours and nobody else can write.
    private static Path temporaryCache() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path own = Files.createTempDirectory(temporary, "budstikke-");
        Path cache = temporary.resolve("budstikke-" + System.getProperty("user.name"));
        try {
            Files.setPosixFilePermissions(own, OPEN_DIRECTORY);
            Files.move(own, cache, ATOMIC_MOVE);
            return cache;
        } catch (IOException _) {
            boolean ours = Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(cache, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own))
                    && Files.getPosixFilePermissions(cache, LinkOption.NOFOLLOW_LINKS)
                            .equals(OPEN_DIRECTORY);
            if (!ours) {
                return own;
            }
            Files.delete(own);
            return cache;
        }
    }

    /// Safe when several processes and threads do it at once: the first unpacks, the others wait for it.
    static synchronized Path unpackedIn(Path cache) throws IOException {
        URL archive = archive();
        String name = "postgresql-" + MAJOR_VERSION + "-" + fingerprint(archive);
        Path home = cache.resolve(name);
        if (Files.isDirectory(home)) {
            return home;
        }
        try (FileChannel turnstile = FileChannel.open(cache.resolve(name + ".lock"), CREATE, WRITE);
                var _ = turnstile.lock()) {
            if (!Files.isDirectory(home)) {
                LOG.info("Unpacking PostgreSQL {} into {} (once)", MAJOR_VERSION, home);
                Path partial = cache.resolve(name + ".partial");
                deleteTree(partial);
                unpack(archive, partial);
                Files.move(partial, home, ATOMIC_MOVE);
            }
        }
        return home;
    }

    private static URL archive() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String name = switch (processor) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> processor;
        };
        String file = "/postgres-" + (system.startsWith("mac") ? "darwin" : system) + "-" + name + ".txz";
        URL found = PostgresBinaries.class.getResource(file);
        if (found == null) {
            throw new EmbeddedPostgresFailed(
                    "There is no embedded PostgreSQL for %s on %s; set database.url to an external one"
                            .formatted(system, processor));
        }
        return found;
    }

    /// What the jar's own directory knows of the archive: telling two builds apart must not cost reading 15 MB at each
    /// start.
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            var entry = jar.getJarEntry();
            return "%08x-%x".formatted(entry.getCrc(), entry.getSize());
        }
        return Long.toHexString(connection.getContentLengthLong());
    }

    private static void unpack(URL archive, Path directory) throws IOException {
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, OPEN_DIRECTORY);
        try (var entries =
                new TarArchiveInputStream(new BufferedInputStream(new XZInputStream(archive.openStream()), 1 << 16))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("an entry points out of the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    makeDirectory(target);
                    continue;
                }
                makeDirectory(target.resolveSibling("")); // the archive names its directories after what is in them
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(entries, target);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            makeDirectory(directory.resolveSibling(""));
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, OPEN_DIRECTORY);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path each : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(each);
            }
        }
    }
}

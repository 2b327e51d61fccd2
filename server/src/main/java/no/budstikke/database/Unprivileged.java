package no.budstikke.database;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How PostgreSQL is run by somebody who is not root, which it insists on.
sealed interface Unprivileged {

    /// The owner of everything that was made without a better choice: "nobody" on every Linux.
    String NOBODY = "65534";

    /// The command that runs `command` so.
    List<String> command(List<String> command);

    /// Hands a file or a directory with all that is in it to whoever runs PostgreSQL.
    void own(Path path) throws IOException;

    /// Whether whoever runs PostgreSQL can get at files in this directory, if their own permissions allow it.
    boolean reaches(Path directory) throws IOException;

    /// We are an ordinary user ourselves.
    record Already() implements Unprivileged {

        @Override
        public List<String> command(List<String> command) {
            return command;
        }

        @Override
        public void own(Path path) {}

        @Override
        public boolean reaches(Path directory) {
            return true;
        }
    }

    /// We are root: in a user namespace of its own the process keeps root's files but not root's number. Nothing needs
    /// to change hands, so this is the first choice; many containers forbid it.
    record InUserNamespace() implements Unprivileged {

        @Override
        public List<String> command(List<String> command) {
            return prefixed(List.of("unshare", "--user"), command);
        }

        @Override
        public void own(Path path) {}

        @Override
        public boolean reaches(Path directory) {
            return true;
        }
    }

    /// We are root and run PostgreSQL as another user, who then owns the directory.
    record As(UserPrincipal user, GroupPrincipal group) implements Unprivileged {

        @Override
        public List<String> command(List<String> command) {
            return prefixed(
                    List.of("setpriv", "--reuid=" + user.getName(), "--regid=" + group.getName(), "--clear-groups"),
                    command);
        }

        @Override
        public void own(Path path) throws IOException {
            try (Stream<Path> tree = Files.walk(path)) {
                for (Path each : (Iterable<Path>) tree::iterator) {
                    var owners = Files.getFileAttributeView(each, PosixFileAttributeView.class);
                    owners.setOwner(user);
                    owners.setGroup(group);
                }
            }
        }

        @Override
        public boolean reaches(Path directory) throws IOException {
            for (Path each = directory.toRealPath(); each != null; each = each.getParent()) {
                if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Chooses for a cluster in `directory`, which need not exist. A directory that belongs to an ordinary user stays
    /// that user's, also when root starts on it.
    static Unprivileged choose(Path directory) throws IOException, InterruptedException {
        if (new UnixSystem().getUid() != 0) {
            return new Already();
        }
        var principals = FileSystems.getDefault().getUserPrincipalLookupService();
        UserPrincipal root = principals.lookupPrincipalByName("root");
        As other = new As(principals.lookupPrincipalByName(NOBODY), principals.lookupPrincipalByGroupName(NOBODY));
        boolean ownedByRoot = true;
        if (Files.exists(directory)) {
            PosixFileAttributes owners = Files.readAttributes(directory, PosixFileAttributes.class);
            ownedByRoot = owners.owner().equals(root);
            if (!ownedByRoot) {
                other = new As(owners.owner(), owners.group());
            }
        }
        if (ownedByRoot && works(new InUserNamespace())) {
            return new InUserNamespace();
        }
        if (works(other)) {
            return other;
        }
        throw new EmbeddedPostgresFailed("PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv`"
                + " (util-linux) works here; start as an ordinary user, or set database.url");
    }

    private static boolean works(Unprivileged way) throws InterruptedException {
        try {
            return new ProcessBuilder(way.command(List.of("true")))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false; // the tool is not installed
        }
    }

    private static List<String> prefixed(List<String> prefix, List<String> command) {
        var whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return List.copyOf(whole);
    }
}

package no.budstikke.party;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import no.budstikke.time.Ids;
import org.jspecify.annotations.Nullable;

/// The parties of `seed/parties.yaml`, which exist nowhere but here. Their uuids follow from their
/// identifiers, so that they are the same everywhere.
final class SyntheticParties {

    private static final String FILE = "/seed/parties.yaml";

    private SyntheticParties() {}

    private record Seed(List<Written> parties) {}

    private record Written(
            int id,
            String identifier,
            String name,
            @Nullable Integer userId,
            @Nullable String code,
            @Nullable String mainUnit) {

        PartyRegister.Entry entry() {
            PartyIdentifier parsed = PartyIdentifier.parse(identifier)
                    .orElseThrow(() -> new IllegalStateException(FILE + ": " + identifier + " can't be read"));
            return new PartyRegister.Entry(
                    new Party(Ids.derived("party", parsed.urn()), id, parsed, name),
                    userId == null ? OptionalInt.empty() : OptionalInt.of(userId),
                    Optional.ofNullable(code),
                    Optional.ofNullable(mainUnit).flatMap(OrganizationNumber::parse));
        }
    }

    static List<PartyRegister.Entry> read() {
        try (InputStream file = SyntheticParties.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is missing in the jar");
            }
            Seed seed = new YAMLMapper().readValue(file, Seed.class);
            return seed.parties().stream().map(Written::entry).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }
}

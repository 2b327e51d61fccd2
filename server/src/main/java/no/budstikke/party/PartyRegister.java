package no.budstikke.party;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import no.budstikke.database.RegisterVersion;
import org.jspecify.annotations.Nullable;

/// Who is who. Cheap enough for every request: all parties are kept in memory, and read anew when the
/// table has changed ([PartyRoom#refresh]). Safe for many threads: an answer is from before a change or
/// from after it.
public final class PartyRegister {

    private volatile Known known;

    private PartyRegister(Known known) {
        this.known = known;
    }

    /// All that is known at one time; never changed.
    private static final class Known {

        private final long version;
        private final List<Entry> entries;
        private final Map<PartyIdentifier, Entry> byIdentifier = new HashMap<>();
        private final Map<Integer, Entry> byId = new HashMap<>();
        private final Map<UUID, Entry> byUuid = new HashMap<>();
        private final Map<Integer, Entry> byUserId = new HashMap<>();
        private final Map<String, Entry> byCode = new HashMap<>();

        Known(Collection<Entry> entries, long version) {
            this.version = version;
            this.entries = entries.stream()
                    .sorted(Comparator.comparingInt(entry -> entry.party().id()))
                    .toList();
            for (Entry entry : this.entries) {
                byIdentifier.put(entry.party().identifier(), entry);
                byId.put(entry.party().id(), entry);
                byUuid.put(entry.party().uuid(), entry);
                entry.userId().ifPresent(userId -> byUserId.put(userId, entry));
                entry.code().ifPresent(code -> byCode.put(code, entry));
            }
        }
    }

    /// A party with what else the register knows of it.
    ///
    /// @param userId of a person who can log in
    /// @param code of a service owner, such as `ttd`
    /// @param mainUnit the organisation that a sub unit belongs to
    public record Entry(Party party, OptionalInt userId, Optional<String> code, Optional<OrganizationNumber> mainUnit) {

        public Entry(Party party) {
            this(party, OptionalInt.empty(), Optional.empty(), Optional.empty());
        }
    }

    /// A register of exactly these.
    public static PartyRegister of(Collection<Entry> entries) {
        return new PartyRegister(new Known(entries, RegisterVersion.NONE));
    }

    /// Of which state of the table this is.
    long version() {
        return known.version;
    }

    /// Knows exactly these from now on.
    void takeOver(Collection<Entry> entries, long version) {
        known = new Known(entries, version);
    }

    /// The party that the identifier names.
    public Optional<Party> find(PartyIdentifier identifier) {
        return party(known.byIdentifier.get(identifier));
    }

    /// The party with that numeric party id.
    public Optional<Party> find(int partyId) {
        return party(known.byId.get(partyId));
    }

    /// The party with that uuid.
    public Optional<Party> find(UUID uuid) {
        return party(known.byUuid.get(uuid));
    }

    /// The person with that user id.
    public Optional<Party> findByUserId(int userId) {
        return party(known.byUserId.get(userId));
    }

    /// The service owner with that code, such as `ttd`.
    public Optional<Party> findByCode(String code) {
        return party(known.byCode.get(code));
    }

    private static Optional<Party> party(@Nullable Entry entry) {
        return Optional.ofNullable(entry).map(Entry::party);
    }

    /// Everybody, by party id.
    public List<Entry> entries() {
        return known.entries;
    }

    /// What else is known of the party.
    public Optional<Entry> entry(Party party) {
        return Optional.ofNullable(known.byId.get(party.id()));
    }
}

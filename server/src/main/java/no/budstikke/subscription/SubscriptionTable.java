package no.budstikke.subscription;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.budstikke.event.CloudEvent;
import org.jspecify.annotations.Nullable;

/// All subscriptions, arranged so that the matching ones are found without looking at the others. Each
/// validated one lies at a few places, by resource, party and type; an event looks at no more than six.
/// Read without locks while one thread at a time changes it.
final class SubscriptionTable {

    private static final String ANY_TYPE = "";

    /// A subscription with its filters read.
    private record Entry(Subscription subscription, Criteria criteria) {

        boolean isSameAs(Entry other) {
            return subscription.id() == other.subscription.id();
        }
    }

    /// Where subscriptions lie that look for the same.
    ///
    /// @param party a key of [PartyKey], [PartyKey#NONE] for anybody
    /// @param type a key of [TypeFilter], [#ANY_TYPE] for all
    private record Place(String resource, long party, String type) implements Comparable<Place> {

        /// Keeps look-ups quick even if somebody makes many places with one hash.
        @Override
        public int compareTo(Place other) {
            int byParty = Long.compare(party, other.party);
            if (byParty != 0) {
                return byParty;
            }
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : resource.compareTo(other.resource);
        }

        @Override
        public int hashCode() {
            return (resource.hashCode() * 31 + type.hashCode()) * 31 + Long.hashCode(party * 0x9e37_79b9_7f4a_7c15L);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place place
                    && party == place.party
                    && type.equals(place.type)
                    && resource.equals(place.resource);
        }
    }

    private final Sources sources;
    private final Parties parties;
    private final ConcurrentHashMap<Integer, Entry> byId = new ConcurrentHashMap<>();

    /// The arrays are replaced, never changed.
    private final ConcurrentHashMap<Place, Entry[]> byPlace = new ConcurrentHashMap<>();

    /// Whether any subscription has ever asked for the events of subunits: until then nobody's main unit
    /// is looked up.
    private volatile boolean subunitsAskedFor;

    SubscriptionTable(Sources sources, Parties parties) {
        this.sources = sources;
        this.parties = parties;
    }

    Optional<Subscription> find(int id) {
        return Optional.ofNullable(byId.get(id)).map(Entry::subscription);
    }

    Set<Integer> ids() {
        return Collections.unmodifiableSet(byId.keySet());
    }

    /// Adds the subscription, or replaces the one with its id. As the filters of a subscription never
    /// change, a search at the same time sees the one or the other, never both or neither.
    void put(Subscription subscription) {
        Entry before = byId.get(subscription.id());
        if (before != null && before.subscription().equals(subscription)) {
            return;
        }
        put(read(subscription), before);
    }

    private void put(Entry entry, @Nullable Entry before) {
        byId.put(entry.subscription().id(), entry);
        Set<Place> places = places(entry);
        for (Place place : places) {
            byPlace.merge(place, new Entry[] {entry}, (entries, _) -> with(entries, entry));
        }
        if (before != null) {
            withdraw(before, places);
        }
    }

    /// Reads all filters anew, because which number and which party id belong together has changed.
    void readAnew() {
        for (Entry before : byId.values()) {
            Entry entry = read(before.subscription());
            if (!entry.equals(before)) {
                put(entry, before);
            }
        }
    }

    /// Adds many to an empty table, in one go because adding to a long array one by one copies it each
    /// time.
    static final class Filling {

        private final SubscriptionTable table;
        private final Map<Place, List<Entry>> shared = new HashMap<>();

        Filling(SubscriptionTable table) {
            this.table = table;
        }

        void add(Subscription subscription) {
            Entry entry = table.read(subscription);
            table.byId.put(subscription.id(), entry);
            for (Place place : table.places(entry)) {
                Entry[] first = table.byPlace.putIfAbsent(place, new Entry[] {entry});
                if (first != null) {
                    shared.computeIfAbsent(place, _ -> new ArrayList<>(List.of(first)))
                            .add(entry);
                }
            }
        }

        SubscriptionTable full() {
            shared.forEach((place, entries) -> table.byPlace.put(place, entries.toArray(Entry[]::new)));
            return table;
        }
    }

    /// Whether it was there.
    boolean remove(int id) {
        Entry before = byId.remove(id);
        if (before != null) {
            withdraw(before, Set.of());
        }
        return before != null;
    }

    private Entry read(Subscription subscription) {
        if (subscription.filters().includeSubunits()) {
            subunitsAskedFor = true;
        }
        return new Entry(subscription, Criteria.of(subscription.filters(), sources, parties));
    }

    private void withdraw(Entry entry, Set<Place> kept) {
        for (Place place : places(entry)) {
            if (!kept.contains(place)) {
                byPlace.computeIfPresent(place, (_, entries) -> without(entries, entry));
            }
        }
    }

    private static Entry[] with(Entry[] entries, Entry added) {
        return Stream.concat(Arrays.stream(entries).filter(entry -> !entry.isSameAs(added)), Stream.of(added))
                .toArray(Entry[]::new);
    }

    private static Entry @Nullable [] without(Entry[] entries, Entry gone) {
        Entry[] rest =
                Arrays.stream(entries).filter(entry -> !entry.isSameAs(gone)).toArray(Entry[]::new);
        return rest.length == 0 ? null : rest;
    }

    /// Where it is looked for; nowhere when nothing may be pushed to it.
    private Set<Place> places(Entry entry) {
        Subscription subscription = entry.subscription();
        if (!subscription.validated()
                || subscription.isPulled()
                || subscription.standing() instanceof Standing.Disabled) {
            return Set.of();
        }
        Criteria criteria = entry.criteria();
        return partyKeys(criteria.leading()).stream()
                .flatMap(party -> (criteria.types().isEmpty() ? List.of(ANY_TYPE) : criteria.types())
                        .stream().map(type -> new Place(criteria.resource(), party, type)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Long> partyKeys(PartyFilter filter) {
        return switch (filter) {
            case PartyFilter.Anybody _ -> List.of(PartyKey.NONE);
            case PartyFilter.Party(long number, long partyId) when number == PartyKey.NONE -> List.of(partyId);
            case PartyFilter.Party(long number, long partyId) when partyId == PartyKey.NONE -> List.of(number);
            case PartyFilter.Party(long number, long partyId) -> List.of(number, partyId);
            case PartyFilter.OtherSubject(String text) -> List.of(PartyKey.ofOtherSubject(text));
            case PartyFilter.OtherAlternativeSubject(String text) -> List.of(PartyKey.ofOtherAlternativeSubject(text));
        };
    }

    /// The subscriptions with a validated endpoint whose filters all match, each once; disabled ones
    /// left out.
    List<Subscription> matching(CloudEvent event) {
        return new Search(event).found;
    }

    /// One look through the table for one event.
    private final class Search {

        private final CloudEvent event;
        private final EventParties about;
        private final String resource;
        private final String type;

        /// Read only when some filter asks for it.
        private @Nullable String location;

        private List<Subscription> found = List.of();

        Search(CloudEvent event) {
            this.event = event;
            this.about = EventParties.of(event);
            this.resource = event.resource().toLowerCase(Locale.ROOT);
            this.type = TypeFilter.key(event.type());
            look(PartyKey.NONE, PartyKey.NONE);
            if (about.subjectKey() != PartyKey.NONE) {
                look(about.subjectKey(), PartyKey.NONE);
            }
            if (about.alternativeSubjectKey() != PartyKey.NONE && about.alternativeSubjectKey() != about.subjectKey()) {
                look(about.alternativeSubjectKey(), about.subjectKey());
            }
            if (subunitsAskedFor) {
                about.ofMainUnit(parties).ifPresent(this::lookForMainUnit);
            }
        }

        /// The register knows the main unit, so who asks for it lies under its party id. Who gets the
        /// event anyway has been found already. Spec: events §5.3, Q23.
        private void lookForMainUnit(EventParties mainUnit) {
            lookForMainUnit(byPlace.get(new Place(resource, mainUnit.subjectKey(), ANY_TYPE)), mainUnit);
            lookForMainUnit(byPlace.get(new Place(resource, mainUnit.subjectKey(), type)), mainUnit);
        }

        private void lookForMainUnit(Entry @Nullable [] entries, EventParties mainUnit) {
            if (entries == null) {
                return;
            }
            for (Entry entry : entries) {
                Criteria criteria = entry.criteria();
                if (criteria.subunits() && !matches(criteria) && matchesOneOf(criteria, mainUnit)) {
                    add(entry.subscription());
                }
            }
        }

        private boolean matchesOneOf(Criteria criteria, EventParties mainUnit) {
            return (criteria.matchesSubject(about) || criteria.matchesSubject(mainUnit))
                    && (criteria.matchesAlternativeSubject(about) || criteria.matchesAlternativeSubject(mainUnit))
                    && isFromThere(criteria);
        }

        private void look(long party, long lookedAlready) {
            look(byPlace.get(new Place(resource, party, ANY_TYPE)), lookedAlready);
            look(byPlace.get(new Place(resource, party, type)), lookedAlready);
        }

        private void look(Entry @Nullable [] entries, long lookedAlready) {
            if (entries == null) {
                return;
            }
            for (Entry entry : entries) {
                if (!wasSeen(entry, lookedAlready) && matches(entry.criteria())) {
                    add(entry.subscription());
                }
            }
        }

        /// A party lies under both its keys, and an event may name both.
        private static boolean wasSeen(Entry entry, long lookedAlready) {
            return lookedAlready != PartyKey.NONE
                    && entry.criteria().leading() instanceof PartyFilter.Party party
                    && party.has(lookedAlready);
        }

        private boolean matches(Criteria criteria) {
            return criteria.matchesSubject(about) && criteria.matchesAlternativeSubject(about) && isFromThere(criteria);
        }

        private boolean isFromThere(Criteria criteria) {
            return criteria.source().isEmpty() || criteria.matchesSource(location());
        }

        private String location() {
            if (location == null) {
                location = sources.locationOf(event.source());
            }
            return location;
        }

        private void add(Subscription subscription) {
            if (found.isEmpty()) {
                found = new ArrayList<>();
            }
            found.add(subscription);
        }
    }
}

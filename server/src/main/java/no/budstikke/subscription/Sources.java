package no.budstikke.subscription;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Reads the sources of events and the filters on them. An address under one of the aliases, the public
/// addresses of the service that this server stands in for, is read as the same address here. Design §1.
final class Sources {

    /// Locations of the sources of correspondence events. Spec: correspondence §6.3.
    private static final List<String> CORRESPONDENCE_SOURCES = List.of(
            "/correspondence/api/v1/correspondence",
            "/correspondence/api/v1/attachment",
            "/correspondence/api/v1/notification");

    private static final int REMEMBERED = 4_096;

    private final String base;
    private final List<String> aliases;

    /// Events come from few sources, so they are not read anew for every event.
    private final ConcurrentHashMap<String, String> known = new ConcurrentHashMap<>();

    Sources(CanonicalUrl base, List<CanonicalUrl> aliases) {
        this.base = base.location();
        this.aliases = aliases.stream().map(CanonicalUrl::location).toList();
    }

    /// Where the filter's or event's source is; what is below it begins with this and a slash.
    String location(CanonicalUrl source) {
        String location = source.location();
        return aliases.stream()
                .filter(alias -> covers(alias, location))
                .findFirst()
                .map(alias -> base + location.substring(alias.length()))
                .orElse(location);
    }

    /// What a subscription on an app's events covers by its source filter: everything beside and below
    /// it. Which app it is, the resource says. Spec: events §5.4, Q15.
    String base(CanonicalUrl source) {
        String location = location(source);
        int slash = location.lastIndexOf('/');
        return slash > location.indexOf("://") + 2 ? location.substring(0, slash) : location;
    }

    /// Where an event's source is; empty text when it is no web address, so that no filter matches it.
    String locationOf(String eventSource) {
        String location = known.get(eventSource);
        if (location == null) {
            location =
                    CanonicalUrl.read(eventSource) instanceof CanonicalUrl.Reading.Web web ? location(web.url()) : "";
            if (known.size() >= REMEMBERED) {
                known.clear();
            }
            known.put(eventSource, location);
        }
        return location;
    }

    /// Whether `location` is `filter` or below it, by whole segments of the path. Case counts, except
    /// where canonical addresses have none.
    static boolean covers(String filter, String location) {
        return location.startsWith(filter)
                && (location.length() == filter.length() || location.charAt(filter.length()) == '/');
    }

    /// Whether any correspondence event of this server comes from there.
    boolean hasCorrespondenceEvents(CanonicalUrl filter) {
        String location = location(filter);
        return CORRESPONDENCE_SOURCES.stream().anyMatch(path -> covers(location, base + path));
    }

    /// Whether the address is this server's own.
    boolean isOurs(CanonicalUrl url) {
        return covers(base, url.location());
    }

    /// Reads an address out of the settings.
    ///
    /// @throws IllegalArgumentException when it is no web address
    static CanonicalUrl configured(String url) {
        return switch (CanonicalUrl.read(url)) {
            case CanonicalUrl.Reading.Web(CanonicalUrl canonical) -> canonical;
            case CanonicalUrl.Reading.NotWeb _, CanonicalUrl.Reading.Unparsable _ ->
                throw new IllegalArgumentException("not a web address: " + url);
        };
    }
}

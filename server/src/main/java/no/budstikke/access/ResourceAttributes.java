package no.budstikke.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import no.budstikke.party.EmailUser;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.party.SelfIdentifiedUser;
import no.budstikke.resource.Resource;

/// What is asked for, as the decision point wants to hear it.
final class ResourceAttributes {

    private static final String APP = "urn:altinn:resource:app_";
    private static final String PERSON_URN = "urn:altinn:person:";
    private static final String PERSON_PATH = "/person/";
    /// Spec: events §3.4.
    private static final Pattern URN = Pattern.compile("urn:[a-z0-9-]{1,30}(:[a-z0-9()+,.\\-;$_!/]{1,100}){1,10}");

    private ResourceAttributes() {}

    /// Of a correspondence; empty when the party can be named in no way that the decision point knows.
    /// Spec: authorization §17.2.
    static Optional<List<Attribute>> ofCorrespondence(
            Resource resource, PartyIdentifier party, Optional<String> instance, PartyRegister parties) {
        return party(party, parties).map(named -> {
            var attributes = new ArrayList<Attribute>();
            attributes.add(new Attribute(Names.RESOURCE, resource.id()));
            attributes.add(named);
            instance.ifPresent(id -> attributes.add(new Attribute(Names.INSTANCE, id)));
            return attributes;
        });
    }

    private static Optional<Attribute> party(PartyIdentifier identifier, PartyRegister parties) {
        Optional<Party> known = parties.find(identifier);
        if (known.isPresent()) {
            return Optional.of(
                    new Attribute(Names.PARTY_ID, Integer.toString(known.get().id())));
        }
        return switch (identifier) {
            case OrganizationNumber(String digits) -> Optional.of(new Attribute(Names.ORGANIZATION, digits));
            case NationalIdentityNumber(String digits) -> Optional.of(new Attribute(Names.PERSON, digits));
            case EmailUser _, SelfIdentifiedUser _ -> Optional.empty();
        };
    }

    /// Whether it is an app, whose events are asked for with the action `read`. Spec: events §5.7.
    static boolean isApp(Access.EventTarget event) {
        return event.resource().startsWith(APP);
    }

    /// Of an event, or of a filter for events. Spec: events §5.7, §5.8; authorization §17.3.
    static List<Attribute> ofEvent(Access.EventTarget event, PartyRegister parties) {
        var attributes = new ArrayList<Attribute>();
        event.type().ifPresent(type -> attributes.add(new Attribute(Names.EVENT_TYPE, type)));
        split(event.resource()).ifPresent(attributes::add);
        event.subject().flatMap(subject -> subject(subject, parties)).ifPresent(attributes::add);
        if (isApp(event)) {
            AppEvent app = AppEvent.of(event);
            attributes.add(new Attribute(Names.ORG, app.org()));
            attributes.add(new Attribute(Names.APP, app.app()));
            attributes.add(new Attribute(Names.APP_RESOURCE, "events"));
            app.instance().ifPresent(instance -> attributes.add(new Attribute(Names.APP_INSTANCE, instance)));
        } else {
            event.source().ifPresent(source -> attributes.add(new Attribute(Names.EVENT_SOURCE, source)));
            event.instance().ifPresent(instance -> attributes.add(new Attribute(Names.INSTANCE, instance)));
        }
        return attributes;
    }

    /// The target without what the policy behind `looksAt` makes nothing of, so that events which get
    /// one answer are one question: else each instance would be a question of its own.
    static Access.EventTarget reduced(Access.EventTarget event, Predicate<String> looksAt) {
        boolean keepsSource;
        boolean keepsInstance;
        if (isApp(event)) {
            keepsSource = event.source().isPresent()
                    && (looksAt.test(Names.APP_INSTANCE) || !AppEvent.of(event).isOfItsResource(event));
            keepsInstance = false;
        } else {
            keepsSource = event.source().isPresent() && looksAt.test(Names.EVENT_SOURCE);
            keepsInstance = event.instance().isPresent() && looksAt.test(Names.INSTANCE);
        }
        boolean keepsType = keepsSource || looksAt.test(Names.EVENT_TYPE);
        return new Access.EventTarget(
                event.resource(),
                event.subject(),
                keepsType ? event.type() : Optional.empty(),
                keepsSource ? event.source() : Optional.empty(),
                keepsInstance ? event.instance() : Optional.empty());
    }

    /// Which app and instance an event on an app's resource is about. What the app itself has published
    /// says so in its source, `https://host/{org}/{app}/instances/{partyId}/{guid}`; for the rest the
    /// resource says it. Spec: events §5.7, Q12.
    ///
    /// @param instance `{partyId}/{guid}`
    private record AppEvent(String org, String app, Optional<String> instance) {

        /// With the empty element before the first slash.
        private static final int WITH_APP = 3;

        private static final int WITH_INSTANCE = 6;

        static AppEvent of(Access.EventTarget event) {
            boolean publishedByApp =
                    event.type().filter(type -> type.startsWith("app.")).isPresent();
            String[] path = publishedByApp ? event.source().map(AppEvent::path).orElse(new String[0]) : new String[0];
            if (path.length < WITH_APP) {
                return ofResource(event);
            }
            return new AppEvent(
                    path[1],
                    path[2],
                    path.length < WITH_INSTANCE ? Optional.empty() : Optional.of(path[4] + "/" + path[5]));
        }

        private static AppEvent ofResource(Access.EventTarget event) {
            String[] parts =
                    event.resource().substring(Names.RESOURCE.length() + 1).split("_", 3);
            return new AppEvent(parts[1], parts.length > 2 ? parts[2] : "", Optional.empty());
        }

        private static String[] path(String source) {
            try {
                String path = new URI(source).getRawPath();
                return path == null ? new String[0] : path.split("/", -1);
            } catch (URISyntaxException _) {
                return new String[0];
            }
        }

        boolean isOfItsResource(Access.EventTarget event) {
            AppEvent ofResource = ofResource(event);
            return org.equals(ofResource.org) && app.equals(ofResource.app);
        }
    }

    /// A person's number never goes to the decision point; the party's uuid does. Spec: events §3.7,
    /// §5.7.
    private static Optional<Attribute> subject(String subject, PartyRegister parties) {
        if (subject.startsWith(PERSON_URN)) {
            return uuid(PartyIdentifier.parse(subject), parties);
        }
        if (subject.startsWith(PERSON_PATH)) {
            return uuid(NationalIdentityNumber.parse(subject.substring(PERSON_PATH.length())), parties);
        }
        return subject.startsWith("/")
                ? Paths.attribute(subject)
                : Optional.of(subject).filter(urn -> URN.matcher(urn).matches()).flatMap(ResourceAttributes::split);
    }

    private static Optional<Attribute> uuid(Optional<? extends PartyIdentifier> identifier, PartyRegister parties) {
        return identifier
                .flatMap(parties::find)
                .map(party -> new Attribute(Names.PARTY_UUID, party.uuid().toString()));
    }

    /// At its last colon.
    private static Optional<Attribute> split(String urn) {
        int colon = urn.lastIndexOf(':');
        return colon > 0
                ? Optional.of(new Attribute(urn.substring(0, colon), urn.substring(colon + 1)))
                : Optional.empty();
    }
}

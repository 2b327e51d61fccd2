package no.budstikke.subscription;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import no.budstikke.identity.Caller;
import no.budstikke.party.Party;
import no.budstikke.resource.Resource;

/// What may be subscribed to of an app, and how the filters stand for one another; the guards stand in
/// the contract's order. Spec: events §4.3, §4.4.
///
/// @param domains whose hosts are those of apps, such as `apps.altinn.no`
record AppRules(List<String> domains, Parties parties) {

    private static final String APP = Resource.URN_PREFIX + "app_";

    /// The spellings that the contract looks up; another names nobody here.
    private static final Pattern ALTERNATIVE_SUBJECT =
            Pattern.compile("/(?:org|organisation)/\\d{9}/?|/person/\\d{11}/?", Pattern.CASE_INSENSITIVE);

    /// `/{org}/{app}`, with the empty element before the first slash.
    private static final int ELEMENTS = 3;

    AppRules {
        domains =
                domains.stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    }

    /// Whether the resource is an app.
    static boolean isApp(String resource) {
        return resource.regionMatches(true, 0, APP, 0, APP.length());
    }

    /// Whether apps live at that address. A domain covers itself and what ends with a dot and it. Spec:
    /// events Q16.
    boolean isOfApps(CanonicalUrl source) {
        String host = source.uri().getHost();
        return domains.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
    }

    /// @param asked the filters as they were given: alternative subject not looked up, resource in the
    ///     request's spelling and empty when there was none
    SubscriptionRules.Ruling of(Caller caller, Subscription.Filters asked) {
        Optional<String> subject =
                asked.subject().or(() -> asked.alternativeSubject().flatMap(this::party));
        if (caller.org().filter(code -> !code.isEmpty()).isEmpty() && subject.isEmpty()) {
            return refused(Refusal.NO_SUBJECT);
        }
        if (asked.alternativeSubject().isPresent() && subject.isEmpty()) {
            return refused(Refusal.NO_SUBJECT);
        }
        if (asked.includeSubunits() && subject.isEmpty()) {
            return refused(Refusal.SUBUNITS_WITHOUT_SUBJECT);
        }
        if (Consumer.of(caller).isEmpty()) {
            return refused(Refusal.NO_CONSUMER);
        }
        Optional<String[]> path =
                asked.source().map(source -> source.uri().getRawPath().split("/", -1));
        if (path.filter(elements -> elements.length != ELEMENTS).isPresent()) {
            return refused(Refusal.SOURCE_NO_APP);
        }
        Optional<String> derived = path.map(elements -> APP + elements[1] + "_" + elements[2]);
        if (!asked.resource().isEmpty()
                && derived.filter(resource -> !resource.equals(asked.resource()))
                        .isPresent()) {
            return refused(Refusal.SOURCE_OF_ANOTHER_RESOURCE);
        }
        String resource = asked.resource().isEmpty() ? derived.orElse("") : asked.resource();
        return new SubscriptionRules.Ruling.Granted(new Subscription.Filters(
                asked.source(),
                resource.toLowerCase(Locale.ROOT),
                subject,
                Optional.empty(),
                asked.type(),
                asked.includeSubunits()));
    }

    /// Whoever is not found is as good as not named: nobody can try out numbers here.
    private Optional<String> party(String alternativeSubject) {
        return Optional.of(alternativeSubject)
                .filter(written -> ALTERNATIVE_SUBJECT.matcher(written).matches())
                .flatMap(written -> PartyKey.identifier(PartyKey.of(written.toLowerCase(Locale.ROOT))))
                .flatMap(parties::find)
                .map(Party::path);
    }

    private static SubscriptionRules.Ruling refused(Refusal why) {
        return new SubscriptionRules.Ruling.Refused(why);
    }
}

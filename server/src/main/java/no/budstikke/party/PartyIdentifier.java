package no.budstikke.party;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// What names a party from outside: a number of the national registers, an e-mail address, a user name.
/// Two spellings of one are one identifier. Spec: correspondence §1.1.
public sealed interface PartyIdentifier
        permits OrganizationNumber, NationalIdentityNumber, EmailUser, SelfIdentifiedUser {

    /// Reads what the contract takes on input: any of the four URNs, `0192:` and nine digits, eleven bare
    /// digits. Upper and lower case are one; nine bare digits are refused.
    static Optional<PartyIdentifier> parse(String written) {
        String lower = written.toLowerCase(Locale.ROOT);
        return Stream.<Function<String, Optional<? extends PartyIdentifier>>>of(
                        OrganizationNumber::parse,
                        NationalIdentityNumber::parse,
                        EmailUser::parse,
                        SelfIdentifiedUser::parse)
                .flatMap(spelling -> spelling.apply(lower).stream())
                .<PartyIdentifier>map(identifier -> identifier)
                .findFirst();
    }

    /// The canonical spelling, stored and returned, such as `urn:altinn:organization:identifier-no:…`.
    String urn();

    /// The spelling of `alternativesubject`: `/organisation/…` or `/person/…`. The notation has no word
    /// for
    /// the other two kinds, so theirs is the URN.
    String path();
}

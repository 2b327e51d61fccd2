package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.party.NationalIdentityNumber;
import no.budstikke.party.OrganizationNumber;
import no.budstikke.party.PartyIdentifier;

/// What a `subject`, an `alternativesubject` or a filter on them stands for, as one `long`, so that
/// reading an event
/// makes no garbage: the kind of name in the upper bits, the number below. All spellings of one name give
/// one key.
/// A party has up to two keys, by its number and by its party id; which belong together, only the
/// register knows.
/// Design §1 (notation in filters); spec: events §3.7.
final class PartyKey {

    /// The key of nobody.
    static final long NONE = 0;

    private static final int KIND = 60;
    private static final long ORGANIZATION = 1L << KIND;
    private static final long PERSON = 2L << KIND;
    private static final long PARTY_ID = 3L << KIND;
    private static final long OTHER_SUBJECT = 4L << KIND;
    private static final long OTHER_ALTERNATIVE_SUBJECT = 5L << KIND;
    private static final long BELOW_KIND = (1L << KIND) - 1;

    private static final int ORGANIZATION_DIGITS = 9;
    private static final int PERSON_DIGITS = 11;
    private static final int MAX_PARTY_ID_DIGITS = 10;

    private PartyKey() {}

    /// The key of the party that the text names; [#NONE] for free text.
    static long of(String written) {
        int end = written.length();
        while (end > 0 && written.charAt(end - 1) == '/') {
            end--;
        }
        int digits = end;
        while (digits > 0 && isDigit(written.charAt(digits - 1))) {
            digits--;
        }
        int count = end - digits;
        if (count == 0 || count > PERSON_DIGITS) {
            return NONE;
        }
        long kind = kind(written, digits);
        return kind != NONE && hasLength(kind, count) ? kind | number(written, digits, end) : NONE;
    }

    private static long kind(String written, int prefixLength) {
        return switch (prefixLength) {
            case 5 -> written.startsWith("/org/") || written.startsWith("0192:") ? ORGANIZATION : NONE;
            case 7 -> written.startsWith("/party/") ? PARTY_ID : NONE;
            case 8 -> written.startsWith("/person/") ? PERSON : NONE;
            case 14 ->
                written.startsWith("/organisation/") || written.startsWith("/organization/") ? ORGANIZATION : NONE;
            case 19 -> written.startsWith("urn:altinn:partyid:") ? PARTY_ID : NONE;
            case 20 -> written.startsWith("urn:altinn:party:id:") ? PARTY_ID : NONE;
            case 32 -> written.startsWith("urn:altinn:person:identifier-no:") ? PERSON : NONE;
            case 38 -> written.startsWith("urn:altinn:organization:identifier-no:") ? ORGANIZATION : NONE;
            default -> NONE;
        };
    }

    private static boolean hasLength(long kind, int digits) {
        if (kind == PARTY_ID) {
            return digits <= MAX_PARTY_ID_DIGITS;
        }
        return digits == (kind == PERSON ? PERSON_DIGITS : ORGANIZATION_DIGITS);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static long number(String written, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (written.charAt(i) - '0');
        }
        return number;
    }

    static long of(PartyIdentifier identifier) {
        return switch (identifier) {
            case OrganizationNumber organization -> ORGANIZATION | Long.parseLong(organization.digits());
            case NationalIdentityNumber person -> PERSON | Long.parseLong(person.digits());
        };
    }

    static long ofPartyId(int partyId) {
        return PARTY_ID | partyId;
    }

    static boolean isPartyId(long key) {
        return (key & ~BELOW_KIND) == PARTY_ID;
    }

    /// The party id that the key stands for; empty for another kind of key and for what no register can
    /// have.
    static Optional<Integer> partyId(long key) {
        long number = key & BELOW_KIND;
        return isPartyId(key) && number <= Integer.MAX_VALUE ? Optional.of((int) number) : Optional.empty();
    }

    /// The number that the key stands for; empty for another kind of key and for a person's number that
    /// is wrong.
    static Optional<PartyIdentifier> identifier(long key) {
        long number = key & BELOW_KIND;
        long kind = key & ~BELOW_KIND;
        if (kind == ORGANIZATION) {
            return OrganizationNumber.ofDigits("%09d".formatted(number)).map(found -> found);
        }
        if (kind == PERSON) {
            return NationalIdentityNumber.parse("%011d".formatted(number)).map(found -> found);
        }
        return Optional.empty();
    }

    /// Where a subject that names no party is kept. Two texts may share a key: whoever finds something
    /// there must
    /// still compare.
    static long ofOtherSubject(String text) {
        return OTHER_SUBJECT | hash(text);
    }

    /// As [#ofOtherSubject(String)], for an alternative subject.
    static long ofOtherAlternativeSubject(String text) {
        return OTHER_ALTERNATIVE_SUBJECT | hash(text);
    }

    /// Sixty bits, so that nobody stumbles over two texts with the same.
    private static long hash(String text) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100_0000_01b3L;
            hash ^= hash >>> 29;
        }
        return hash & BELOW_KIND;
    }
}

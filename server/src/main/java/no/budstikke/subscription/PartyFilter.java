package no.budstikke.subscription;

/// What an event must say about its party. Spec: design §1 (what a filter matches, notation in filters).
sealed interface PartyFilter {

    /// Whoever it is about.
    record Anybody() implements PartyFilter {}

    /// This party, in any spelling, as the event's subject or alternative subject.
    ///
    /// @param numberKey key of its organisation or identity number, [PartyKey#NONE] when not known
    /// @param partyIdKey key of its party id, [PartyKey#NONE] when not known
    record Party(long numberKey, long partyIdKey) implements PartyFilter {

        boolean has(long key) {
            return key != PartyKey.NONE && (key == numberKey || key == partyIdKey);
        }

        /// Whether the two are certainly not one party.
        boolean differsFrom(Party other) {
            return differ(numberKey, other.numberKey) || differ(partyIdKey, other.partyIdKey);
        }

        private static boolean differ(long key, long other) {
            return key != PartyKey.NONE && other != PartyKey.NONE && key != other;
        }
    }

    /// Exactly this text, which names no party, as the event's subject.
    record OtherSubject(String text) implements PartyFilter {}

    /// Exactly this text, which names no party, as the event's alternative subject.
    record OtherAlternativeSubject(String text) implements PartyFilter {}

    default boolean matches(EventParties event) {
        return switch (this) {
            case Anybody _ -> true;
            case Party party -> party.has(event.subjectKey()) || party.has(event.alternativeSubjectKey());
            case OtherSubject(String text) -> text.equals(event.subject());
            case OtherAlternativeSubject(String text) -> text.equals(event.alternativeSubject());
        };
    }
}

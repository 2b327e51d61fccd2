package no.budstikke.correspondence;

import java.util.Optional;
import java.util.Set;
import no.budstikke.access.Access;
import no.budstikke.identity.Caller;
import no.budstikke.resource.Resource;
import no.budstikke.resource.ResourceRegistry;

/// What a caller is to one correspondence. Spec: correspondence §9.3, §9.4.
///
/// @param recipient may act on the recipient's side
/// @param sender    may act on the sender's side
/// @param writes    the token mentions the scope for sending
/// @param reads     the token mentions the scope for reading
record Standing(boolean recipient, boolean sender, boolean writes, boolean reads) {

    static final String WRITE_SCOPE = "altinn:correspondence.write";
    static final String READ_SCOPE = "altinn:correspondence.read";

    /// Asks the decision point twice; not to be called inside a transaction.
    static Standing of(Caller caller, Correspondence correspondence, ResourceRegistry resources, Access access) {
        Optional<Resource> resource = resources.find(correspondence.letter().resource());
        Optional<String> instance = Optional.of(correspondence.instance());
        return new Standing(
                resource.filter(on -> access.permits(caller, Set.of("read"), on, correspondence.recipient(), instance))
                        .isPresent(),
                resource.filter(on -> access.permits(caller, Set.of("write"), on, correspondence.sender(), instance))
                        .isPresent(),
                mentions(caller, WRITE_SCOPE),
                mentions(caller, READ_SCOPE));
    }

    private static boolean mentions(Caller caller, String scope) {
        return caller.scopes().stream().anyMatch(given -> given.contains(scope));
    }

    boolean isAny() {
        return recipient || sender;
    }

    /// Whether what the caller does counts as the recipient's doing. Spec: correspondence §2.2 P3.
    boolean isRecipientCall() {
        return recipient && !writes;
    }

    /// Whether the caller is bound to what the recipient may see: always, unless it is the sender, too.
    /// Altinn lets a
    /// recipient whose token also mentions the scope for sending look at what is not published yet; we
    /// don't.
    boolean seesOnlyAvailable() {
        return recipient && (!writes || !sender);
    }

    /// As whom a caller with access purges. Spec: correspondence §2.2 P9.
    boolean purgesAsSender() {
        return sender && (writes || !recipient);
    }

    boolean purgesAsRecipient() {
        return recipient && (reads || !sender);
    }
}

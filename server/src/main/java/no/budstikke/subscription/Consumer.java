package no.budstikke.subscription;

import java.util.Optional;
import no.budstikke.identity.Caller;

/// Whose a subscription is, as the token says it; the request can't choose. Spec: events §4.6.
final class Consumer {

    private Consumer() {}

    /// `/org/ttd`, `/user/…`, `/systemuser/…` or `/organisation/…`, the first that the token gives; empty
    /// for a
    /// token that names none of them.
    static Optional<String> of(Caller caller) {
        return caller.org()
                .filter(org -> !org.isEmpty())
                .map(org -> "/org/" + org)
                .or(() -> caller.userId().stream().mapToObj(id -> "/user/" + id).findFirst())
                .or(() -> caller.systemUser().map(user -> "/systemuser/" + user.id()))
                .or(() -> caller.organizationNumber().map(number -> "/organisation/" + number.digits()));
    }
}

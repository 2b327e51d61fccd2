package no.budstikke.delivery;

import java.time.InstantSource;
import java.util.Optional;
import no.budstikke.credential.DeliverySignatures;
import no.budstikke.time.Ids;

/// Requests to endpoints that ask for nothing, with signatures that anybody could make.
final class Unsigned {

    static final WebhookClient.Sending SENDING = new WebhookClient.Sending(
            _ -> Optional.empty(),
            (_, id, _) -> new DeliverySignatures.Headers(id, "1", "v1,none"),
            InstantSource.system(),
            new Ids(InstantSource.system()));

    private Unsigned() {}
}

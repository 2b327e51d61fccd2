package no.budstikke.subscription;

import static no.budstikke.subscription.Callers.caller;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import no.budstikke.identity.Caller;
import no.budstikke.party.OrganizationNumber;
import org.junit.jupiter.api.Test;

class ConsumerTest {

    private static final Optional<String> TTD = Optional.of("ttd");
    private static final OptionalInt USER = OptionalInt.of(20000000);
    private static final Optional<Caller.SystemUser> SYSTEM = Optional.of(
            new Caller.SystemUser(UUID.fromString("5AD9B1C2-0F2C-4D55-8A59-00000000ABCD"), Optional.empty()));
    private static final Optional<OrganizationNumber> NUMBER = Optional.of(new OrganizationNumber("123456789"));

    @Test
    void the_first_claim_that_is_there_decides() {
        assertThat(Consumer.of(caller(TTD, USER, SYSTEM, NUMBER))).contains("/org/ttd");
        assertThat(Consumer.of(caller(Optional.empty(), USER, SYSTEM, NUMBER))).contains("/user/20000000");
        assertThat(Consumer.of(caller(Optional.empty(), OptionalInt.empty(), SYSTEM, NUMBER)))
                .contains("/systemuser/5ad9b1c2-0f2c-4d55-8a59-00000000abcd");
        assertThat(Consumer.of(caller(Optional.empty(), OptionalInt.empty(), Optional.empty(), NUMBER)))
                .contains("/organisation/123456789");
    }

    @Test
    void a_token_without_any_of_them_is_nobodys() {
        assertThat(Consumer.of(caller(Optional.of(""), OptionalInt.empty(), Optional.empty(), Optional.empty())))
                .isEmpty();
    }
}

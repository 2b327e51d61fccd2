package no.budstikke.party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import no.budstikke.database.Database;
import no.budstikke.database.TestDatabase;
import org.junit.jupiter.api.Test;

class PartyRegisterTest {

    @Test
    void the_seed_is_put_in_once_and_found_by_every_key() {
        try (Database database = TestDatabase.fresh()) {
            assertThat(PartyRoom.register(database).entries()).isEmpty();
            PartyRegister first = PartyRoom.registerWithSynthetic(database);
            PartyRegister second = PartyRoom.registerWithSynthetic(database);
            assertThat(second.entries()).isEqualTo(first.entries()).hasSize(11);

            var number = new OrganizationNumber("123456789");
            Party recipient = second.find(number).orElseThrow();
            assertThat(recipient.path()).isEqualTo("/party/50015641");
            assertThat(recipient.name()).isEqualTo("Eksempel Mottaker AS");
            assertThat(second.find(50015641)).contains(recipient);
            assertThat(second.find(recipient.uuid())).contains(recipient);
            assertThat(second.findByCode("ttd").map(Party::id)).contains(50000001);
            assertThat(second.findByUserId(20000001).map(Party::id)).contains(50010001);
        }
    }

    @Test
    void a_sub_unit_knows_its_main_unit() {
        try (Database database = TestDatabase.fresh()) {
            PartyRegister register = PartyRoom.registerWithSynthetic(database);
            Party unit = register.find(50000005).orElseThrow();
            assertThat(register.entry(unit).flatMap(PartyRegister.Entry::mainUnit))
                    .contains(new OrganizationNumber("310000018"));
        }
    }

    @Test
    void a_change_by_whomever_is_taken_over_with_the_next_refresh() {
        try (Database database = TestDatabase.fresh()) {
            PartyRegister register = PartyRoom.registerWithSynthetic(database);
            assertThat(PartyRoom.refresh(database, register)).isFalse();

            database.useTransaction(tx -> {
                tx.handle().execute("""
                        insert into party (id, uuid, identifier, name)
                        values (7, gen_random_uuid(), 'urn:altinn:organization:identifier-no:310000099', 'New')
                        """);
                // Not committed yet: others see nothing of it.
                assertThat(CompletableFuture.supplyAsync(() -> PartyRoom.refresh(database, register))
                                .join())
                        .isFalse();
            });
            assertThat(register.find(7)).isEmpty();
            assertThat(PartyRoom.refresh(database, register)).isTrue();
            assertThat(register.find(7).map(Party::name)).contains("New");
            assertThat(PartyRoom.refresh(database, register)).isFalse();

            database.useTransaction(tx -> tx.handle().execute("delete from party where id = 7"));
            assertThat(PartyRoom.refresh(database, register)).isTrue();
            assertThat(register.find(7)).isEmpty();
        }
    }

    @Test
    void a_register_that_can_not_be_read_stays_as_it_was() {
        try (Database database = TestDatabase.fresh()) {
            PartyRegister register = PartyRoom.registerWithSynthetic(database);
            database.useTransaction(tx ->
                    tx.handle().execute("insert into party values (7, gen_random_uuid(), 'nonsense', 'Wrong', null)"));
            assertThatThrownBy(() -> PartyRoom.refresh(database, register)).hasMessageContaining("nonsense");
            assertThat(register.find(50015641)).isPresent();

            database.useTransaction(tx -> tx.handle()
                    .execute("update party set identifier = 'urn:altinn:organization:identifier-no:310000099'"
                            + " where id = 7"));
            assertThat(PartyRoom.refresh(database, register)).isTrue();
            assertThat(register.find(7)).isPresent();
        }
    }

    @Test
    void what_nobody_has_registered_is_not_found() {
        var party = SyntheticParties.read().getFirst().party();
        PartyRegister register = PartyRegister.of(List.of(new PartyRegister.Entry(party)));
        assertThat(register.find(party.identifier())).contains(party);
        assertThat(register.find(1)).isEmpty();
        assertThat(register.find(new OrganizationNumber("999999999"))).isEmpty();
        assertThat(register.findByCode("ttd")).isEmpty();
        assertThat(register.entry(party).map(PartyRegister.Entry::userId)).contains(OptionalInt.empty());
    }

    @Test
    void synthetic_persons_are_recognisable_by_their_birth_month() {
        assertThat(SyntheticParties.read())
                .filteredOn(entry -> entry.userId().isPresent())
                .hasSize(5)
                .allSatisfy(entry -> assertThat(entry.party().identifier())
                        .isInstanceOfSatisfying(
                                NationalIdentityNumber.class,
                                number -> assertThat(
                                                Integer.parseInt(number.digits().substring(2, 4)))
                                        .isBetween(81, 92)));
    }
}

package no.budstikke.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BudstikkeExtension.class)
class BudstikkeExtensionTest {

    private static final AtomicReference<Budstikke> SEEN_SERVER = new AtomicReference<>();
    private static final AtomicReference<Webhook> SEEN_WEBHOOK = new AtomicReference<>();

    private final Budstikke server;
    private final Webhook webhook;

    BudstikkeExtensionTest(Budstikke server, Webhook webhook) {
        this.server = server;
        this.webhook = webhook;
    }

    @BeforeAll
    static void name() {
        System.setProperty(Budstikke.ADDRESS_PROPERTY, "http://localhost:1");
    }

    @AfterAll
    static void forget() {
        System.clearProperty(Budstikke.ADDRESS_PROPERTY);
    }

    @RepeatedTest(2)
    void the_server_is_shared_and_the_webhook_is_the_tests_own(
            Budstikke again, Api api, Tokens tokens, Webhook webhookAgain) {
        assertThat(server.baseUrl()).isEqualTo("http://localhost:1");
        assertThat(again).isSameAs(server);
        assertThat(api).isSameAs(server.api());
        assertThat(tokens).isSameAs(server.tokens());
        assertThat(webhookAgain).isSameAs(webhook);

        Budstikke serverBefore = SEEN_SERVER.getAndSet(server);
        Webhook webhookBefore = SEEN_WEBHOOK.getAndSet(webhook);
        assertThat(serverBefore).isIn(null, server);
        assertThat(webhookBefore).isNotSameAs(webhook);
    }
}

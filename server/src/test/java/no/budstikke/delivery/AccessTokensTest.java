package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import no.budstikke.credential.EndpointCredentials;
import no.budstikke.credential.TestCredentials;
import no.budstikke.credential.TokenGrant;
import no.budstikke.time.Ids;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTokensTest {

    private static final TokenGrant GRANT = new TokenGrant.ClientSecret(
            URI.create("https://idp.example.no/token"), "me", "my secret", Optional.of("a b"));

    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-07-27T13:14:14Z"));
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<String> answer = new AtomicReference<>("\"expires_in\": 120");
    private final AtomicInteger status = new AtomicInteger(200);
    private final AccessTokens tokens = new AccessTokens(now::get, new Ids(now::get));
    private final AccessTokens.TokenRequests requests = _ -> new AccessTokens.Answer(
            status.get(), "{\"access_token\": \"t" + asked.incrementAndGet() + "\", " + answer.get() + "}");
    private final EndpointCredentials credentials = TestCredentials.with(GRANT);

    private String token() throws AccessTokens.NoToken {
        return tokens.token(credentials, GRANT, PATIENT, requests);
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void a_token_is_kept_until_shortly_before_it_expires() throws AccessTokens.NoToken {
        assertThat(token()).isEqualTo("t1");
        pass(Duration.ofSeconds(89));
        assertThat(token()).isEqualTo("t1");
        pass(Duration.ofSeconds(1));
        assertThat(token()).isEqualTo("t2");
    }

    @Test
    void credentials_that_are_replaced_get_a_token_of_their_own() throws AccessTokens.NoToken {
        assertThat(token()).isEqualTo("t1");
        assertThat(tokens.token(TestCredentials.with(GRANT), GRANT, PATIENT, requests))
                .isEqualTo("t2");
    }

    @Test
    void many_deliveries_at_once_ask_once() throws InterruptedException, ExecutionException {
        var all = new CountDownLatch(1);
        AccessTokens.TokenRequests slow = _ -> {
            try {
                all.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return new AccessTokens.Answer(200, "{\"access_token\": \"t" + asked.incrementAndGet() + "\"}");
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> one = () -> tokens.token(credentials, GRANT, PATIENT, slow);
            var got = new ArrayList<Future<String>>();
            for (int i = 0; i < 50; i++) {
                got.add(threads.submit(one));
            }
            all.countDown();
            for (Future<String> each : got) {
                assertThat(each.get()).isEqualTo("t1");
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_refused_token_is_dropped_but_not_more_than_once_a_minute() throws AccessTokens.NoToken {
        tokens.refused(credentials, token());
        assertThat(token()).isEqualTo("t2");
        tokens.refused(credentials, "t1");
        tokens.refused(credentials, token());
        assertThat(token()).isEqualTo("t2");
        pass(Duration.ofMinutes(1));
        tokens.refused(credentials, token());
        assertThat(token()).isEqualTo("t3");
    }

    @Test
    void a_failing_token_endpoint_is_left_alone_for_some_seconds() throws AccessTokens.NoToken {
        status.set(503);
        assertThatThrownBy(this::token).isInstanceOf(AccessTokens.NoToken.class);
        status.set(200);
        assertThatThrownBy(this::token)
                .isInstanceOf(AccessTokens.NoToken.class)
                .hasMessageContaining("https://idp.example.no/token")
                .hasMessageContaining("503");
        assertThat(asked).hasValue(1);
        pass(Duration.ofSeconds(5));
        assertThat(token()).isEqualTo("t2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | {"error": "invalid_client", "error_description": "no such"} | 400 invalid_client no such
            200 | <html> | no JSON
            200 | {} | without a bearer token
            200 | {"access_token": ""} | without a bearer token
            200 | {"access_token": "a b"} | without a bearer token
            200 | {"access_token": "a\\r\\nX-Evil: 1"} | without a bearer token
            200 | {"access_token": "x", "token_type": "mac"} | without a bearer token
            """)
    void an_answer_of_no_use_is_told_by_its_kind(int status, String body, String reason) {
        assertThatThrownBy(() -> tokens.token(credentials, GRANT, PATIENT, _ -> new AccessTokens.Answer(status, body)))
                .isInstanceOf(AccessTokens.NoToken.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("my secret");
    }

    @Test
    void the_secret_is_sent_in_the_body() throws AccessTokens.NoToken {
        var forms = new ArrayList<String>();
        AccessTokens.TokenRequests listening = form -> {
            forms.add(form);
            return new AccessTokens.Answer(200, "{\"access_token\": \"x\"}");
        };

        tokens.token(credentials, GRANT, PATIENT, listening);

        assertThat(forms)
                .isEqualTo(List.of("grant_type=client_credentials&client_id=me&client_secret=my+secret&scope=a+b"));
    }
}

package no.budstikke.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BudstikkeTest {

    @TempDir
    static Path directory;

    private static Path jar;

    @BeforeAll
    static void pack() throws IOException {
        jar = FakeServer.jar(directory);
    }

    private static Budstikke.Builder builder() {
        return Budstikke.builder().jar(jar).javaOption("-Xmx64m").javaOption("-XX:TieredStopAtLevel=1");
    }

    @Test
    void a_started_server_answers_and_leaves_nothing_when_closed() {
        Budstikke server = builder().start();
        long pid = server.pid();
        long postgres = server.postgresPid();

        assertThat(server.api().get("/health").expect(200).body()).startsWith("GET /health");
        assertThat(server.baseUrl()).matches("http://localhost:\\d+");
        assertThat(runs(pid)).isTrue();
        assertThat(runs(postgres)).isTrue();
        assertThat(server.isExternal()).isFalse();

        server.close();
        server.close();

        assertThat(runs(pid)).isFalse();
        await().until(() -> !runs(postgres));
        assertThat(server.dataDirectory().getParent()).doesNotExist();
    }

    @Test
    void settings_flags_and_variables_reach_the_server() {
        try (Budstikke server = builder()
                .setting("events.notation", "urn")
                .setting("events.retention.days", 7)
                .flags("--extra", "word")
                .environment("FAKE", "set")
                .start()) {
            assertThat(server.output())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("arguments: [serve, --port, 0, --data, ")
                            .endsWith(", --extra, word]"))
                    .contains("settings: {\"events\":{\"notation\":\"urn\",\"retention\":{\"days\":7}}}")
                    .contains("variables: FAKE=set BUDSTIKKE_PORT=null");
        }
    }

    @Test
    void a_server_that_does_not_start_is_shown_with_its_last_words() {
        assertThatThrownBy(() -> builder().flags("--fail").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("events.notation: must be party or urn");
    }

    @Test
    void a_server_that_says_nothing_is_given_up() {
        assertThatThrownBy(() -> builder()
                        .flags("--silent")
                        .patience(Duration.ofSeconds(1))
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was not ready within PT1S");
    }

    @Test
    void a_killed_server_leaves_its_postgres_and_can_be_restarted_on_its_data() throws IOException {
        try (Budstikke server = builder().start()) {
            Files.writeString(server.dataDirectory().resolve("kept"), "data");
            long postgres = server.postgresPid();
            long pid = server.pid();

            server.kill();
            assertThat(runs(pid)).isFalse();
            assertThat(runs(postgres)).isTrue();
            assertThat(server.isAlive()).isFalse();

            server.restart();
            ProcessHandle.of(postgres).ifPresent(ProcessHandle::destroyForcibly);
            assertThat(server.pid()).isNotEqualTo(pid);
            assertThat(server.dataDirectory().resolve("kept")).hasContent("data");
            server.api().get("/").expect(200);
        }
    }

    @Test
    void closing_a_killed_server_ends_its_postgres_too() {
        Budstikke server = builder().start();
        long postgres = server.postgresPid();
        server.kill();

        server.close();

        await().until(() -> !runs(postgres));
        assertThat(server.dataDirectory().getParent()).doesNotExist();
    }

    @Test
    void terminating_gives_the_exit_code_and_a_named_data_directory_is_kept(@TempDir Path data) {
        try (Budstikke server = builder().dataDirectory(data).start()) {
            assertThat(server.terminate()).isEqualTo(143);
            assertThatThrownBy(server::postgresPid).isInstanceOf(IllegalStateException.class);
        }
        assertThat(data.resolve("postgresql")).exists();
    }

    @Test
    void an_external_server_is_used_and_not_ended() {
        try (Budstikke server = builder().start()) {
            try (Budstikke attached = Budstikke.attach(server.baseUrl() + "/")) {
                assertThat(attached.baseUrl()).isEqualTo(server.baseUrl());
                attached.api().get("/").expect(200);
                assertThat(attached.isExternal()).isTrue();
                assertThatThrownBy(attached::pid).isInstanceOf(IllegalStateException.class);
            }
            server.api().get("/").expect(200);
        }
    }

    @Test
    void requests_carry_token_content_type_and_body() {
        try (Budstikke server = builder().start()) {
            Api api = server.as("old").as("new");

            Response response = api.publish(CloudEvents.event().id("7")).expect(200);
            assertThat(response.body())
                    .startsWith("POST /events/api/v1/events\n")
                    .contains(
                            "authorization: Bearer new\n",
                            "content-type: application/cloudevents+json\n",
                            "\"id\":\"7\"");
            assertThat(response.header("x-fake")).hasValue("yes");
            assertThat(server.api().delete("/x").body()).contains("DELETE /x\nauthorization: null\n");
            assertThat(server.api().post("/x", "{ not json").body())
                    .contains("content-type: application/json\n{ not json");
            assertThatThrownBy(() -> response.expect(201))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("-> 200");
        }
    }

    @Test
    void tokens_are_asked_for_once() {
        try (Budstikke server = builder().start()) {
            Tokens tokens = server.tokens();

            assertThat(tokens.organization("310000018", "a:one", "b"))
                    .startsWith("GET /api/GetEnterpriseToken?env=dev&ttl=14400&orgNo=310000018&scopes=a%3Aone+b\n");
            assertThat(tokens.serviceOwner())
                    .contains("org=ttd&orgNo=991825827&")
                    .isSameAs(tokens.serviceOwner());
            assertThat(tokens.person("01858012308")).contains("GET /api/GetPersonalToken?", "pid=01858012308");
        }
    }

    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }
}

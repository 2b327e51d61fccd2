package no.budstikke.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import no.budstikke.testkit.Api;
import no.budstikke.testkit.Budstikke;
import no.budstikke.testkit.BudstikkeExtension;
import no.budstikke.testkit.Parties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The program as its user starts it: exit codes, one-line errors, settings, the data directory.
@ExtendWith(BudstikkeExtension.class)
class CommandLineTest {

    private final Budstikke shared;

    @TempDir
    private Path directory;

    CommandLineTest(Budstikke shared) {
        this.shared = shared;
    }

    private record Run(int exitCode, String out, String err) {}

    @Test
    void help_tells_the_commands() throws Exception {
        Run help = run("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("serve", "demo", "token");
    }

    @Test
    void an_unknown_command_or_option_is_a_mistake_told_without_a_stack_trace() throws Exception {
        for (List<String> words : List.of(List.of("sing"), List.of("serve", "--colour", "red"))) {
            Run run = run(words.toArray(String[]::new));
            assertThat(run.exitCode()).as("%s", words).isEqualTo(2);
            assertThat(run.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void a_wrong_setting_stops_the_start_and_is_named() throws Exception {
        Path settings = directory.resolve("wrong.yaml");
        for (Map.Entry<String, String> wrong : Map.of(
                        "http:\n  prot: 8080\n", "http.prot",
                        "http:\n  port: eighty\n", "http.port",
                        "events:\n  notation: runes\n", "events.notation")
                .entrySet()) {
            Files.writeString(settings, wrong.getKey());
            Run run = run(
                    "serve",
                    "--config",
                    settings.toString(),
                    "--data",
                    directory.resolve("d").toString());
            assertThat(run.exitCode()).as(wrong.getKey()).isEqualTo(2);
            assertThat(run.err().lines()).as("one line").hasSize(1);
            assertThat(run.err()).contains(wrong.getValue());
        }
        assertThat(directory.resolve("d")).doesNotExist();
    }

    @Test
    void production_refuses_to_start_with_what_is_unsafe_or_missing() throws Exception {
        Run run = run(
                "serve",
                "--set",
                "profile=production",
                "--data",
                directory.resolve("d").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .as("a line for each key")
                .contains("baseUrl", "database.url", "identity.issuers")
                .doesNotContain("\tat ");
    }

    @Test
    void a_token_can_be_had_on_the_command_line_and_opens_the_door() throws Exception {
        Run run = run("token", "--url", shared.baseUrl(), "--org", "ttd", "--scope", "altinn:serviceowner");
        assertThat(run.exitCode()).as(run.err()).isZero();
        shared.as(run.out().strip()).get(Api.EVENTS + "/subscriptions").expect(200);
        Run nobody = run("token", "--url", "http://127.0.0.1:1", "--org", "ttd", "--scope", "altinn:serviceowner");
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.err().lines()).hasSize(1);
    }

    @Test
    void a_running_server_says_that_it_is_healthy() {
        assertThat(shared.api().get("/health").expect(200).body()).isEqualTo("Healthy");
    }

    @Test
    void the_demo_shows_that_all_and_only_the_right_events_come() throws Exception {
        Run demo = run("demo");
        assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
        assertThat(demo.out())
                .contains("no.altinn.correspondence.Published", "/party/50015641", "warning: sourceFilter")
                .contains("All and only the right events came.");
    }

    @Test
    void a_second_start_on_the_same_data_is_refused_and_a_clean_stop_lets_the_next_one_in() throws Exception {
        try (Budstikke server = Budstikke.start()) {
            Run second =
                    run("serve", "--port", "0", "--data", server.dataDirectory().toString());
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.err().lines()).hasSize(1);
            assertThat(second.err()).contains(server.dataDirectory().toString()).contains(Long.toString(server.pid()));
            long postgres = server.postgresPid();
            server.terminate();
            assertThat(ProcessHandle.of(postgres).filter(ProcessHandle::isAlive))
                    .isEmpty();
            server.restart();
            server.as(server.tokens().serviceOwner())
                    .get(Api.EVENTS + "/events?after=0&resource=" + Parties.resourceUrn(1))
                    .expect(200);
        }
    }

    @Test
    void a_taken_port_is_told_in_one_line() throws Exception {
        String port = shared.baseUrl().replaceAll(".*:", "");
        Run run = run("serve", "--port", port, "--data", directory.resolve("d").toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(port);
    }

    @Test
    void the_embedded_database_waits_for_the_disk() throws Exception {
        String url = EmbeddedDatabase.url(shared);
        assertThatThrownBy(() -> DriverManager.getConnection(url, "budstikke", "wrong password")
                        .close())
                .isInstanceOf(java.sql.SQLException.class);
        try (EmbeddedDatabase database = EmbeddedDatabase.of(shared)) {
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(database.ask("show " + setting)).as(setting).isEqualTo("on");
            }
        }
    }

    private Run run(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("budstikke.jar")));
        command.addAll(List.of(words));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS))
                    .as("%s ends", List.of(words))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}

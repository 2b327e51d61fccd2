package no.budstikke.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLinesTest {

    private static final Traceparent TRACE = new Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    private static final String PERSON = "01015000070";
    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
    private final OutputStreamAppender<ch.qos.logback.classic.spi.ILoggingEvent> appender =
            new OutputStreamAppender<>();
    private final org.slf4j.Logger log = LoggerFactory.getLogger("no.budstikke.test.Somewhere");

    @BeforeEach
    void listen() {
        var lines = new LogLines();
        lines.setContext(root.getLoggerContext());
        lines.start();
        appender.setContext(root.getLoggerContext());
        appender.setEncoder(lines);
        appender.setOutputStream(written);
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void leave() {
        LogLines.write(LogLines.Format.TEXT);
        root.detachAppender(appender);
    }

    @Test
    void a_line_of_json_has_time_level_logger_message_trace_and_stack() throws Exception {
        LogLines.write(LogLines.Format.JSON);
        Trace.of(TRACE).run(() -> log.error("no {}", "\"luck\"\nat all", new IllegalStateException("outer", cause())));
        assertThat(lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines().getFirst());
        assertThat(line.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(line.path("level").asText()).isEqualTo("ERROR");
        assertThat(line.path("logger").asText()).isEqualTo("no.budstikke.test.Somewhere");
        assertThat(line.path("message").asText()).isEqualTo("no \"luck\"\nat all");
        assertThat(line.path("trace").asText()).isEqualTo(TRACE.traceId());
        assertThat(line.path("error").asText())
                .contains("IllegalStateException: outer", "Caused by", "inner", "LogLinesTest.java");
    }

    @Test
    void a_line_outside_of_a_request_has_no_trace() throws Exception {
        LogLines.write(LogLines.Format.JSON);
        log.warn("by itself");
        assertThat(new ObjectMapper().readTree(lines().getFirst()).has("trace")).isFalse();
    }

    @Test
    void text_is_for_reading_and_an_error_has_its_stack_too() {
        Trace.of(TRACE).run(() -> log.error("no luck", cause()));
        assertThat(lines().getFirst()).matches("\\S+Z ERROR Somewhere - no luck \\[trace " + TRACE.traceId() + "\\]");
        assertThat(lines()).anyMatch(line -> line.contains("LogLinesTest.java"));
    }

    @Test
    void neither_format_has_identity_numbers_or_tokens_in_message_arguments_or_stack() {
        for (LogLines.Format format : LogLines.Format.values()) {
            written.reset();
            LogLines.write(format);
            log.error(
                    "event for /person/" + PERSON + " by {} {}",
                    TOKEN,
                    PERSON,
                    new IllegalStateException("row (" + PERSON + ")", new IllegalArgumentException("Bearer " + TOKEN)));
            log.warn("again", new IllegalStateException(PERSON, new IllegalArgumentException(TOKEN)));
            assertThat(written.toString(StandardCharsets.UTF_8))
                    .as("%s", format)
                    .contains("/person/***********", "Bearer ***")
                    .doesNotContain(PERSON, TOKEN, TOKEN.substring(0, 20));
        }
    }

    private static IllegalArgumentException cause() {
        return new IllegalArgumentException("inner");
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}

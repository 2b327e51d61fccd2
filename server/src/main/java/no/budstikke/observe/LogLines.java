package no.budstikke.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Writes log lines, as `logback.xml` says: one line each in JSON, or readable text. Every line has time
/// (UTC), level, logger and message, and the trace id while a request, a timer or a delivery is worked
/// on; an error has its stack. What [Masking] knows is in none of them.
public final class LogLines extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private volatile Format format = Format.TEXT;

    public enum Format {
        TEXT,
        JSON
    }

    /// From now on all lines of this process are in that format.
    public static void write(Format format) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().forEachRemaining(appender -> {
                if (appender instanceof OutputStreamAppender<?> stream
                        && stream.getEncoder() instanceof LogLines lines) {
                    lines.format = format;
                }
            });
        }
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = switch (format) {
            case TEXT -> text(event);
            case JSON -> json(event);
        };
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ILoggingEvent event) {
        String logger = event.getLoggerName();
        var line = new StringBuilder(time(event))
                .append(' ')
                .append("%-5s".formatted(event.getLevel()))
                .append(' ')
                .append(logger.substring(logger.lastIndexOf('.') + 1))
                .append(" - ")
                .append(Masking.masked(message(event)));
        traceId().ifPresent(id -> line.append(" [trace ").append(id).append(']'));
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(Masking.masked(
                    event.getLevel().isGreaterOrEqual(Level.ERROR)
                            ? ThrowableProxyUtil.asString(thrown)
                            : brief(thrown)));
        }
        return line.toString();
    }

    /// A warning is most often about something outside, which our stack says little about: a line for
    /// each cause.
    private static String brief(IThrowableProxy thrown) {
        var lines = new StringBuilder();
        for (@Nullable IThrowableProxy cause = thrown; cause != null; cause = cause.getCause()) {
            lines.append(lines.isEmpty() ? "  " : "  caused by: ")
                    .append(cause.getClassName())
                    .append(": ")
                    .append(cause.getMessage())
                    .append('\n');
        }
        return lines.toString();
    }

    private static String json(ILoggingEvent event) {
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("time", time(event))
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("thread", event.getThreadName())
                .put("message", Masking.masked(message(event)));
        traceId().ifPresent(id -> line.put("trace", id));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.put("error", Masking.masked(ThrowableProxyUtil.asString(thrown)));
        }
        return line.toString() + '\n';
    }

    private static String message(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        return message == null ? "" : message;
    }

    private static String time(ILoggingEvent event) {
        return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS));
    }

    private static Optional<String> traceId() {
        return Trace.current().map(trace -> trace.name().traceId());
    }
}

package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110 §10.2.3.
class RetryAfterFieldTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "120 | PT2M",
                "Tue, 24 Nov 2026 12:00:30 GMT | PT30S",
                "Tue, 24 Nov 2026 11:00:00 GMT | PT0S"
            })
    void seconds_and_dates_are_read(String field, Duration wait) {
        assertThat(RetryAfter.parse(field, NOW)).contains(wait);
    }

    @Test
    void more_seconds_than_fit_are_very_many() {
        assertThat(RetryAfter.parse("99999999999999999999999", NOW).orElseThrow())
                .isGreaterThan(Duration.ofDays(10_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1.5", "Tue, 99 Nov 2026 12:00:30 GMT"})
    void anything_else_says_nothing(String field) {
        assertThat(RetryAfter.parse(field, NOW)).isEmpty();
    }
}

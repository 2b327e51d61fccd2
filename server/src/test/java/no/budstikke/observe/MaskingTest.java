package no.budstikke.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must not stand in a log is not there.
class MaskingTest {

    /// Synthetic ones: a birth number, one with the month + 80, a D-number.
    private static final String[] NUMBERS = {"01015000070", "29816000260", "53818000053"};

    @Test
    void identity_numbers_are_masked_wherever_they_stand() {
        for (String number : valid()) {
            for (String around : new String[] {"%s", "/person/%s", "pid=%s&", "a%sb", "(%s)", "\"%s\"", "x\n%s\n"}) {
                assertThat(Masking.masked(around.formatted(number)))
                        .as(around)
                        .isEqualTo(around.formatted("***********"));
            }
            String gap = number.substring(0, 6) + " " + number.substring(6);
            assertThat(Masking.masked("born " + gap)).isEqualTo("born ***********");
        }
    }

    @Test
    void two_in_one_line_are_both_masked() {
        String one = valid()[0];
        assertThat(Masking.masked(one + " to " + one + "," + one)).isEqualTo("*********** to ***********,***********");
    }

    /// The rule by itself, against the definition of the second control digit.
    @Test
    void every_number_with_a_right_second_control_digit_is_masked_and_no_other() {
        int[] weights = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
        var random = new SplittableRandom(13);
        for (int i = 0; i < 5_000; i++) {
            String digits = "%011d".formatted(random.nextLong(100_000_000_000L));
            int sum = 0;
            for (int at = 0; at < weights.length; at++) {
                sum += weights[at] * Character.digit(digits.charAt(at), 10);
            }
            int control = (11 - sum % 11) % 11;
            boolean right = control == Character.digit(digits.charAt(10), 10);
            assertThat(!Masking.masked(digits).equals(digits)).as(digits).isEqualTo(right);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at LogPosition[xid=812345678901234, position=4]",
                "organisation 991825827",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "took 12345678902 ns",
                "2026-11-24T08:46:01.123Z",
                "a Bearer of bad news",
                "no password was given"
            })
    void what_an_operator_needs_stays(String text) {
        assertThat(Masking.masked(text)).isEqualTo(text);
    }

    @Test
    void tokens_secrets_and_passwords_are_masked() {
        assertThat(Masking.masked("Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x more"))
                .isEqualTo("Authorization: Bearer *** more");
        assertThat(Masking.masked("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!"))
                .isEqualTo("got ***!");
        assertThat(Masking.masked("Authorization: bearer opaque-token-123")).isEqualTo("Authorization: bearer ***");
        assertThat(Masking.masked("Basic dXNlcjpwYXNz=")).isEqualTo("Basic ***");
        assertThat(Masking.masked("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw."))
                .isEqualTo("secret ***.");
        assertThat(Masking.masked("jdbc:postgresql://db/b?user=u&password=hemmelig&ssl=true"))
                .isEqualTo("jdbc:postgresql://db/b?user=u&password=***&ssl=true");
        assertThat(Masking.masked("{\"password\": \"two words\"}")).doesNotContain("two words");
    }

    private static String[] valid() {
        for (String number : NUMBERS) {
            assertThat(Masking.isIdentityNumber(number)).as(number).isTrue();
        }
        return NUMBERS;
    }
}

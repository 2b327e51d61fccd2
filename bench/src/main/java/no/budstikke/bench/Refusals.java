package no.budstikke.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;

/// Requests that came while an endpoint was down, by the second. Safe for many threads.
final class Refusals {

    private static final int LONGEST_SECONDS = 600;

    private final long began;
    private final AtomicIntegerArray bySecond = new AtomicIntegerArray(LONGEST_SECONDS);

    /// @param began microseconds of the shared clock
    Refusals(long began) {
        this.began = began;
    }

    void count(long micros) {
        bySecond.incrementAndGet(Math.toIntExact(Math.min((micros - began) / 1_000_000, LONGEST_SECONDS - 1)));
    }

    /// One number for each second, for [#read].
    String words() {
        return Arrays.stream(numbers()).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    private int[] numbers() {
        var numbers = new int[bySecond.length()];
        for (int second = 0; second < numbers.length; second++) {
            numbers[second] = bySecond.get(second);
        }
        return numbers;
    }

    static int[] read(String words) {
        return Arrays.stream(words.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }
}

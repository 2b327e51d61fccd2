package no.budstikke.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What processes cost, as Linux tells it under `/proc`.
final class Cpu {

    /// Linux reports to user space in hundredths of a second, whatever its own ticks are.
    private static final double TICKS_PER_SECOND = 100;

    private Cpu() {}

    /// CPU seconds of one process, without its children.
    static double secondsOf(long pid) {
        return ticks(pid, 13, 14) / TICKS_PER_SECOND;
    }

    /// CPU seconds of a process, its children, and those of its children that have ended.
    static double secondsOfFamily(long pid) {
        double ticks = ticks(pid, 13, 14, 15, 16);
        for (long child : descendants(pid)) {
            ticks += ticks(child, 13, 14);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// Resident memory of one process in MB.
    static double residentMegabytes(long pid) {
        return kilobytes(pid, "status", "VmRSS:") / 1024;
    }

    /// Memory of a process and its children in MB, where what they share counts once.
    static double familyMegabytes(long pid) {
        double kilobytes = kilobytes(pid, "smaps_rollup", "Pss:");
        for (long child : descendants(pid)) {
            kilobytes += kilobytes(child, "smaps_rollup", "Pss:");
        }
        return kilobytes / 1024;
    }

    private static List<Long> descendants(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
    }

    /// Fields are counted from 0; those behind the name in parentheses, which may hold blanks, from 2.
    private static double ticks(long pid, int... fields) {
        String stat = read(pid, "stat").findFirst().orElse("");
        if (stat.isEmpty()) {
            return 0;
        }
        String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double sum = 0;
        for (int field : fields) {
            sum += Long.parseLong(behindName[field - 2]);
        }
        return sum;
    }

    private static double kilobytes(long pid, String file, String name) {
        return read(pid, file)
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /// Nothing of a process that has just ended.
    private static Stream<String> read(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), file)).stream();
        } catch (IOException e) {
            if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                return Stream.empty();
            }
            throw new UncheckedIOException("Process " + pid + " can't be looked at", e);
        }
    }
}

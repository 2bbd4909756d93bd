package io.bactrian.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The one table that a run prints. */
final class Figures {
    private final List<String[]> rows = new ArrayList<>();

    Figures() {
        rows.add(new String[] {"work", "rate /s", "p50 ms", "p95 ms", "p99 ms", "CPU µs each", "resident MB", "remarks"
        });
    }

    void rate(String work, double rate, Usage usage, String remarks) {
        rows.add(new String[] {
            work, whole(rate), "", "", "", decimal(usage.cpuMicrosEach()), whole(usage.residentMegabytes()), remarks
        });
    }

    void latency(String work, double rate, Latencies latencies, Usage usage, String remarks) {
        rows.add(new String[] {
            work,
            whole(rate),
            decimal(latencies.percentile(50)),
            decimal(latencies.percentile(95)),
            decimal(latencies.percentile(99)),
            decimal(usage.cpuMicrosEach()),
            whole(usage.residentMegabytes()),
            remarks
        });
    }

    void note(String work, String value, String remarks) {
        rows.add(new String[] {work, value, "", "", "", "", "", remarks});
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).length];
        rows.forEach(row -> Arrays.setAll(widths, i -> Math.max(widths[i], row[i].length())));
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < rows.size(); line++) {
            for (int i = 0; i < widths.length; i++) {
                text.append("| ").append(String.format("%-" + widths[i] + "s ", rows.get(line)[i]));
            }
            text.append("|\n");
            if (line == 0) {
                for (int width : widths) {
                    text.append('|').append("-".repeat(width + 2));
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }

    private static String whole(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String decimal(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** What the platform's process used. */
    record Usage(double cpuMicrosEach, double residentMegabytes) {
        static final Usage UNKNOWN = new Usage(Double.NaN, Double.NaN);
    }

    /** Milliseconds, kept one by one. Not thread-safe. */
    static final class Latencies {
        private double[] values = new double[1024];
        private int count;
        private boolean sorted;

        void add(double millis) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = millis;
            sorted = false;
        }

        void addAll(Latencies others) {
            for (int i = 0; i < others.count; i++) {
                add(others.values[i]);
            }
        }

        /** What the other holds from an index on. */
        void addTail(Latencies other, int from) {
            if (other.sorted) {
                throw new IllegalStateException("Its order is lost");
            }
            for (int i = from; i < other.count; i++) {
                add(other.values[i]);
            }
        }

        /** The three percentiles in words. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "p50 %.2f, p95 %.2f, p99 %.2f ms", percentile(50), percentile(95), percentile(99));
        }

        int count() {
            return count;
        }

        double percentile(double percent) {
            if (count == 0) {
                return Double.NaN;
            }
            if (!sorted) {
                Arrays.sort(values, 0, count);
                sorted = true;
            }
            return values[Math.min(count - 1, (int) Math.ceil(percent / 100 * count) - 1)];
        }
    }
}

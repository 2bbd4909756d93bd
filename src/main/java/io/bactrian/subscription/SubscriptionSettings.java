package io.bactrian.subscription;

import io.bactrian.change.Operation;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one subscription reads and retries: the contract's {@code changes:} options.
 *
 * @param tables as the catalog names them; empty, or holding {@code *}, for all
 * @param operations those that are told; snapshot rows always are
 * @param columns an update is told only where one of these changed; empty for any
 * @param origin the party it listens for, null for none
 * @param echo whether the party is told what it wrote itself
 * @param lanes how many keys travel at once; 1 where the whole journal's order is kept
 * @param batch changes a delivery; above 1 the whole journal's order is kept
 * @param parkMax parked changes at which it pauses
 * @throws IllegalArgumentException naming the option, its value, and what is allowed
 */
public record SubscriptionSettings(
        String name,
        String database,
        Set<String> tables,
        Set<Operation> operations,
        Set<String> columns,
        @Nullable String origin,
        boolean echo,
        StartFrom from,
        Ordering ordering,
        int lanes,
        int batch,
        RetryPolicy retry,
        int parkMax,
        OnDead onDead) {

    private static final int MOST_LANES = 256;
    private static final int LARGEST_BATCH = 5_000;
    private static final int MOST_PARKED = 1_000_000;

    public SubscriptionSettings {
        require(!name.isBlank(), "subscription", name, "a name");
        require(!database.isBlank(), "database", database, "the name of a database");
        require(!operations.isEmpty(), "operations", operations, "one or more of insert, update, delete, truncate");
        require(origin == null || isParty(origin), "origin", origin, "a party's name without commas");
        require(lanes >= 1 && lanes <= MOST_LANES, "lanes", lanes, "1 to " + MOST_LANES);
        require(batch >= 1 && batch <= LARGEST_BATCH, "batch", batch, "1 to " + LARGEST_BATCH);
        require(parkMax >= 1 && parkMax <= MOST_PARKED, "parkMax", parkMax, "1 to " + MOST_PARKED);
        tables = tables.contains("*") ? Set.of() : Set.copyOf(tables);
        operations = Set.copyOf(EnumSet.copyOf(operations));
        columns = Set.copyOf(columns);
    }

    /** The same for another database. */
    public SubscriptionSettings withDatabase(String other) {
        return new SubscriptionSettings(
                name,
                other,
                tables,
                operations,
                columns,
                origin,
                echo,
                from,
                ordering,
                lanes,
                batch,
                retry,
                parkMax,
                onDead);
    }

    /** The order that is kept: a batch is a piece of the journal. */
    Ordering kept() {
        return batch > 1 ? Ordering.JOURNAL : ordering;
    }

    private static boolean isParty(String name) {
        return !name.isBlank() && name.indexOf(',') < 0;
    }

    private static void require(boolean met, String option, @Nullable Object value, String allowed) {
        if (!met) {
            throw new IllegalArgumentException("Option " + option + " is '" + value + "': use " + allowed);
        }
    }

    /** Which changes wait for which. */
    public enum Ordering {
        KEY,
        JOURNAL,
        NONE
    }

    /** What a dead letter does to its subscription. */
    public enum OnDead {
        KEEP,
        PAUSE
    }

    /**
     * Where a new subscription starts.
     *
     * @param text {@code now}, {@code earliest}, a position, or an ISO time
     * @throws IllegalArgumentException naming the text and what is allowed
     */
    public record StartFrom(String text) {
        public static final StartFrom NOW = new StartFrom("now");
        public static final StartFrom EARLIEST = new StartFrom("earliest");

        public StartFrom {
            text = text.strip();
            require(
                    text.equals("now") || text.equals("earliest") || isPosition(text) || time(text) != null,
                    "from",
                    text,
                    "now, earliest, a position, or an ISO time such as 2026-01-31T08:00:00Z");
        }

        /** The time it names, null where it is something else. */
        @Nullable
        Instant time() {
            return time(text);
        }

        private static boolean isPosition(String text) {
            return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        }

        private static @Nullable Instant time(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                return null;
            }
        }
    }

    /**
     * When a failed delivery is tried again.
     *
     * @param quick tries in the lane, within two seconds
     * @param max tries by the schedule after these; then it is a dead letter
     * @param delay before the first of them
     * @param backoff each further delay is this many times longer
     * @param maxDelay no delay is longer
     * @param jitter share by which a delay is varied at random, so that failures don't come back in step
     */
    public record RetryPolicy(int quick, int max, Duration delay, double backoff, Duration maxDelay, double jitter) {
        private static final Duration LONGEST = Duration.ofDays(30);
        public static final RetryPolicy DEFAULT =
                new RetryPolicy(3, 10, Duration.ofSeconds(5), 2, Duration.ofHours(1), 0.2);

        public RetryPolicy {
            require(quick >= 1 && quick <= 10, "retryQuick", quick, "1 to 10");
            require(max >= 0 && max <= 1_000, "retryMax", max, "0 to 1000");
            require(isDelay(delay), "retryDelay", delay, "a time above 0, at most 30 days");
            require(backoff >= 1 && backoff <= 100, "retryBackoff", backoff, "1 to 100");
            require(isDelay(maxDelay), "retryMaxDelay", maxDelay, "a time above 0, at most 30 days");
            require(
                    maxDelay.compareTo(delay) >= 0,
                    "retryMaxDelay",
                    maxDelay,
                    "no less than retryDelay (" + delay + ")");
            require(jitter >= 0 && jitter <= 1, "retryJitter", jitter, "0 to 1");
        }

        private static boolean isDelay(Duration delay) {
            return delay.compareTo(Duration.ZERO) > 0 && delay.compareTo(LONGEST) <= 0;
        }
    }
}

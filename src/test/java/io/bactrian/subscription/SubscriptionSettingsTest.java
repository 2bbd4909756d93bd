package io.bactrian.subscription;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Operation;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SubscriptionSettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aWrongOptionIsNamedWithItsValueAndWhatIsAllowed() {
        refuses(
                "Option lanes is '0': use 1 to 256",
                () -> Platform.settings("s").lanes(0).build());
        refuses(
                "Option batch is '5001': use 1 to 5000",
                () -> Platform.settings("s").batch(5_001).build());
        refuses(
                "Option parkMax is '0': use 1 to 1000000",
                () -> Platform.settings("s").parkMax(0).build());
        refuses(
                "Option subscription is ' ': use a name",
                () -> Platform.settings(" ").build());
        refuses(
                "Option origin is 'a,b': use a party's name without commas",
                () -> Platform.settings("s").origin("a,b", false).build());
        refuses(
                "Option operations is '[]': use one or more of insert, update, delete, truncate",
                () -> Platform.settings("s").operations().build());
        refuses(
                "Option from is 'yesterday': use now, earliest, a position, or an ISO time such as"
                        + " 2026-01-31T08:00:00Z",
                () -> new StartFrom("yesterday"));
        refuses("Option from is '-1': use", () -> new StartFrom("-1"));
        refuses("Option retryQuick is '0': use 1 to 10", () -> policy(0, 1, SECOND, 2, SECOND, 0));
        refuses("Option retryMax is '-1': use 0 to 1000", () -> policy(1, -1, SECOND, 2, SECOND, 0));
        refuses("Option retryDelay is 'PT0S': use", () -> policy(1, 1, Duration.ZERO, 2, SECOND, 0));
        refuses("Option retryBackoff is '0.5': use 1 to 100", () -> policy(1, 1, SECOND, 0.5, SECOND, 0));
        refuses("Option retryBackoff is 'NaN': use 1 to 100", () -> policy(1, 1, SECOND, Double.NaN, SECOND, 0));
        refuses(
                "Option retryMaxDelay is 'PT1S': use no less than retryDelay (PT2S)",
                () -> policy(1, 1, SECOND.multipliedBy(2), 2, SECOND, 0));
        refuses("Option retryJitter is '2.0': use 0 to 1", () -> policy(1, 1, SECOND, 2, SECOND, 2));
    }

    @Test
    void aStarMeansAllTablesAndABatchKeepsTheJournalsOrder() {
        SubscriptionSettings settings = Platform.settings("s")
                .tables("*", "orders")
                .operations(Operation.DELETE)
                .batch(2)
                .build();
        assertEquals(Set.of(), settings.tables());
        assertEquals(Ordering.JOURNAL, settings.kept());
        assertEquals(new StartFrom("12"), new StartFrom(" 12 "));
    }

    @Test
    void quickTriesFitIntoTwoSecondsAndDelaysGrowUpToTheirLimit() {
        for (int quick = 1; quick <= 10; quick++) {
            RetrySchedule schedule =
                    new RetrySchedule(policy(quick, 10, SECOND.multipliedBy(5), 2, SECOND.multipliedBy(60), 0));
            assertTrue(IntStream.range(1, quick)
                            .mapToLong(tried -> schedule.gap(tried).toMillis())
                            .sum()
                    <= 2_000);
            assertEquals(5_000, schedule.delay(0).toMillis());
            assertEquals(20_000, schedule.delay(2).toMillis());
            assertEquals(60_000, schedule.delay(900).toMillis());
            assertTrue(schedule.exhausted(10) && !schedule.exhausted(9));
        }
        RetrySchedule varied = new RetrySchedule(RetryPolicy.DEFAULT);
        for (int i = 0; i < 1_000; i++) {
            long delay = varied.delay(0).toMillis();
            assertTrue(delay >= 4_000 && delay <= 6_000, () -> "delay " + delay);
        }
    }

    private static RetryPolicy policy(
            int quick, int max, Duration delay, double backoff, Duration maxDelay, double jitter) {
        return new RetryPolicy(quick, max, delay, backoff, maxDelay, jitter);
    }

    private static void refuses(String message, Executable settings) {
        String said = assertThrows(IllegalArgumentException.class, settings).getMessage();
        assertTrue(said.startsWith(message), said);
    }
}

package io.bactrian.camel.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.change.Operation;
import io.bactrian.subscription.SubscriptionSettings;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.camel.ResolveEndpointFailedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangesEndpointTest {
    @TempDir
    static Path directory;

    private static Workbench bench;

    @BeforeAll
    static void open() {
        bench = new Workbench(directory, Map.of());
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @Test
    void theDefaultsAreTheContracts() {
        SubscriptionSettings expected = new SubscriptionSettings(
                "orders-to-crm",
                "main",
                Set.of("orders"),
                Set.of(Operation.INSERT, Operation.UPDATE, Operation.DELETE),
                Set.of(),
                null,
                false,
                StartFrom.NOW,
                Ordering.KEY,
                8,
                1,
                RetryPolicy.DEFAULT,
                10_000,
                OnDead.KEEP);
        assertEquals(expected, settings("changes:orders"));
    }

    @Test
    void everyOptionReachesTheSubscription() {
        SubscriptionSettings expected = new SubscriptionSettings(
                "mirror",
                "main",
                Set.of("orders", "sales.customers"),
                Set.of(Operation.INSERT, Operation.TRUNCATE),
                Set.of("status", "total"),
                "crm",
                true,
                StartFrom.EARLIEST,
                Ordering.NONE,
                3,
                1,
                new RetryPolicy(2, 5, Duration.ofMillis(1500), 3, Duration.ofMinutes(2), 0.5),
                77,
                OnDead.PAUSE);
        assertEquals(
                expected,
                settings("changes:orders, sales.customers?subscription=mirror&database=main"
                        + "&operations=insert,TRUNCATE&columns=status,total&origin=crm&echo=true&from=earliest"
                        + "&ordering=none&lanes=3&retryQuick=2&retryMax=5&retryDelay=1500&retryBackoff=3"
                        + "&retryMaxDelay=2m&retryJitter=0.5&parkMax=77&onDead=pause&snapshot=never"));
    }

    @Test
    void aBatchIsInJournalOrder() {
        SubscriptionSettings settings = settings("changes:*?batch=100");
        assertEquals(Ordering.JOURNAL, settings.ordering());
        assertEquals(1, settings.lanes());
        assertEquals(100, settings.batch());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "changes:orders?lane=3 | Unknown parameters",
                "changes:orders?lane=3 | lane=3",
                "changes:orders?database=shop | Unknown database 'shop': there is main",
                "changes:orders?operations=upsert | Unknown operation 'upsert': use insert, update, delete",
                "changes:orders?operations= | use one or more of insert, update, delete",
                "changes:orders?ordering=random | Option ordering is 'random': use key, journal, none",
                "changes:orders?onDead=explode | Option onDead is 'explode': use keep, pause",
                "changes:orders?snapshot=initial | belongs to a later version of Bactrian; use never",
                "changes:orders?filter=status=eq.paid | Option filter of changes: belongs to a later version",
                "changes:orders?batch=10&ordering=key | a batch is in journal order",
                "changes:orders?ordering=journal&lanes=4 | in journal order there is one lane",
                "changes:, | changes: names no table",
                "changes:orders?lanes=many | many",
            })
    void whatIsWrongIsRefusedWhenTheRouteIsLoadedAndSaidClearly(String uri, String message) {
        Exception refused = assertThrows(
                ResolveEndpointFailedException.class, () -> bench.context().getEndpoint(uri));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void changesCantBeProduced() {
        Exception refused = assertThrows(
                UnsupportedOperationException.class,
                () -> bench.context().getEndpoint("changes:orders").createProducer());
        assertEquals(
                "changes: can only be consumed (from); write to a table with table:orders", refused.getMessage());
    }

    private static SubscriptionSettings settings(String uri) {
        return bench.context().getEndpoint(uri, ChangesEndpoint.class).settings("orders-to-crm");
    }
}

package io.bactrian.camel.changes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import io.bactrian.subscription.DeadLetters.DeadLetter;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.SubscriptionStatus;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of an exchange means for its change. */
class FailingRouteTest {
    /** A change is parked after one quick try, tried again at once, and dead after two more. */
    private static final String IMPATIENT = "changes:orders?from=earliest&amp;retryQuick=1&amp;retryMax=2"
            + "&amp;retryDelay=20ms&amp;retryMaxDelay=50ms";

    @TempDir
    Path directory;

    private final AtomicInteger tries = new AtomicInteger();
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private Workbench bench;

    @BeforeEach
    void open() {
        bench = new Workbench(directory, Map.of());
        bench.context().getRegistry().bind("deliver", Processor.class, (Processor) exchange -> {
            tries.incrementAndGet();
            RuntimeException thrown = failure.get();
            if (thrown != null) {
                throw thrown;
            }
        });
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aRouteThatThrowsHasItsChangeTriedAgainAndThenKept() throws Exception {
        // Invariant 7.
        failure.set(new IllegalStateException("the shop is closed"));
        route("<process ref=\"deliver\"/>");
        Change change = bench.collectOrders(1).get(0);
        DeadLetter letter =
                await().until(this::letters, letters -> !letters.isEmpty()).get(0);
        assertEquals(change, letter.change());
        assertEquals("orders", letter.subscription());
        assertTrue(letter.error().contains("the shop is closed"), letter.error());
        assertEquals(3, tries.get());
        assertEquals(3, letter.attempts());
    }

    @Test
    void aRouteThatRecoversHasItsChangeDelivered() throws Exception {
        bench.context().getRegistry().bind("once", Processor.class, (Processor) exchange -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("the shop is closed");
            }
        });
        route("<process ref=\"once\"/>");
        bench.collectOrders(1);
        await().until(() -> tries.get() == 2 && status().position() == 1 && status().parked() == 0);
        assertEquals(List.of(), letters());
    }

    @Test
    void aStepThatGivesUpMakesADeadLetterAtOnce() throws Exception {
        failure.set(typed(new DeliveryOutcome.GivenUp(new IllegalStateException("no such customer"))));
        route("<process ref=\"deliver\"/>");
        bench.collectOrders(1);
        DeadLetter letter =
                await().until(this::letters, letters -> !letters.isEmpty()).get(0);
        assertTrue(letter.error().contains("no such customer"), letter.error());
        assertEquals(1, tries.get());
    }

    @Test
    void aTypedFailureIsFoundBehindCamelsWrappersAndThroughInnerRoutes() throws Exception {
        failure.set(new CamelExecutionException(
                "wrapped", null, typed(new DeliveryOutcome.GivenUp(new IllegalStateException("no such customer")))));
        bench.load("inner.xml", "<route id=\"inner\"><from uri=\"direct:inner\"/><process ref=\"deliver\"/></route>");
        route("<multicast stopOnException=\"true\"><to uri=\"direct:inner\"/></multicast>");
        bench.collectOrders(1);
        DeadLetter letter =
                await().until(this::letters, letters -> !letters.isEmpty()).get(0);
        assertTrue(letter.error().contains("no such customer"), letter.error());
        assertEquals(1, tries.get());
    }

    @Test
    void aReceiverThatNamesATimeIsNotTriedBefore() throws Exception {
        Instant later = Instant.now().plusSeconds(600);
        failure.set(typed(new DeliveryOutcome.RetryAt(later, new IllegalStateException("too many requests"))));
        route("<process ref=\"deliver\"/>");
        bench.collectOrders(1);
        await().until(() -> status().parked() == 1);
        assertEquals(1, tries.get());
        assertTrue(String.valueOf(status().lastError()).contains("too many requests"), status()::toString);
    }

    @Test
    void aReceiverThatWantsNothingMorePausesTheSubscription() throws Exception {
        failure.set(typed(new DeliveryOutcome.Disabled(new IllegalStateException("gone"))));
        route("<process ref=\"deliver\"/>");
        bench.collectOrders(1, 2, 3);
        await().until(() -> status().state() == State.PAUSED);
        assertEquals(List.of(), letters());
    }

    @Test
    void aFailureThatTheRouteHandlesCountsAsDelivered() throws Exception {
        failure.set(new IllegalStateException("the shop is closed"));
        route("""
                <onException><exception>java.lang.IllegalStateException</exception>
                  <handled><constant>true</constant></handled><to uri="log:handled?level=DEBUG"/>
                </onException>
                <process ref="deliver"/>
                """);
        bench.collectOrders(1);
        await().until(() -> status().position() == 1);
        assertEquals(1, tries.get());
        assertEquals(0, status().parked());
    }

    @Test
    void aFilesOwnErrorHandlerIsKept() throws Exception {
        failure.set(new IllegalStateException("the shop is closed"));
        List<Exchange> dead = new CopyOnWriteArrayList<>();
        bench.context().getRegistry().bind("dead", Processor.class, (Processor) dead::add);
        bench.load("own.xml", """
                <routes>
                  <route id="dead"><from uri="direct:dead"/><process ref="dead"/></route>
                  <route id="orders">
                    <errorHandler><deadLetterChannel deadLetterUri="direct:dead" level="OFF"/></errorHandler>
                    <from uri="%s"/><process ref="deliver"/>
                  </route>
                </routes>
                """.formatted(IMPATIENT));
        bench.collectOrders(1);
        await().until(() -> dead.size() == 1 && status().position() == 1);
        assertEquals(0, status().parked());
    }

    @Test
    void aRouteThatRollsBackHasFailed() throws Exception {
        route("<process ref=\"deliver\"/><rollback markRollbackOnly=\"true\"/>");
        bench.collectOrders(1);
        DeadLetter letter =
                await().until(this::letters, letters -> !letters.isEmpty()).get(0);
        assertTrue(letter.error().contains("marked the exchange for rollback"), letter.error());
    }

    @Test
    void camelDoesNotLogWhatTheSubscriptionTells() throws Exception {
        failure.set(new IllegalStateException("the shop is closed"));
        try (Lines lines = new Lines()) {
            bench.load(
                    "inner.xml", "<route id=\"inner\"><from uri=\"direct:inner\"/><process ref=\"deliver\"/></route>");
            route("<to uri=\"direct:inner\"/>");
            bench.collectOrders(1, 2, 3, 4, 5);
            await().until(() -> letters().size() == 5);
            assertEquals(List.of(), lines.of("org.apache.camel.processor"));
        }
    }

    private void route(String steps) throws Exception {
        bench.load("orders.xml", "<route id=\"orders\"><from uri=\"" + IMPATIENT + "\"/>" + steps + "</route>");
    }

    private List<DeadLetter> letters() {
        return bench.subscriptions.deadLetters().list("orders", Long.MAX_VALUE, 100);
    }

    private SubscriptionStatus status() {
        return bench.subscriptions.find("orders").orElseThrow();
    }

    private static DeliveryException typed(DeliveryOutcome outcome) {
        Throwable cause = outcome instanceof DeliveryOutcome.GivenUp givenUp ? givenUp.cause() : null;
        return new DeliveryException("http://127.0.0.1:1 didn't take it", outcome, cause);
    }

    /** What is logged meanwhile. */
    private static final class Lines extends AbstractAppender implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger root = (Logger) LogManager.getRootLogger();

        Lines() {
            super("lines", null, null, false, Property.EMPTY_ARRAY);
            start();
            root.addAppender(this);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getLoggerName()
                    + ' '
                    + event.getLevel()
                    + ' '
                    + event.getMessage().getFormattedMessage());
        }

        List<String> of(String logger) {
            return lines.stream().filter(line -> line.startsWith(logger)).toList();
        }

        @Override
        public void close() {
            root.removeAppender(this);
        }
    }
}

package io.bactrian.camel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.database.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CamelPlatformTest {
    @TempDir
    Path directory;

    @Test
    void aDatabaseIsABeanForSqlAndForOurComponents() {
        try (Workbench bench = new Workbench(directory, Map.of())) {
            Object rows = bench.context()
                    .createProducerTemplate()
                    .requestBody("sql:select 7 as n?dataSource=#main", (Object) null);
            assertEquals(List.of(Map.of("n", 7)), rows);

            Database database = Rooms.of(bench.context()).database("main");
            assertSame(database, bench.context().getRegistry().lookupByNameAndType("main", Database.class));
            assertSame(
                    database.dataSource(), bench.context().getRegistry().lookupByNameAndType("main", DataSource.class));
        }
    }

    @Test
    void theOnlyDatabaseNeedsNoName() {
        try (Workbench bench = new Workbench(directory, Map.of())) {
            Object rows = bench.context().createProducerTemplate().requestBody("sql:select 7 as n", (Object) null);
            assertEquals(List.of(Map.of("n", 7)), rows);
        }
    }

    @Test
    void anUnknownDatabaseIsNamedWithTheOnesThereAre() {
        try (Workbench bench = new Workbench(directory, Map.of())) {
            Rooms rooms = Rooms.of(bench.context());
            Exception refused = assertThrows(IllegalArgumentException.class, () -> rooms.database("shop"));
            assertEquals(
                    "Unknown database 'shop': there is main (bactrian.databases.shop.url isn't set)",
                    refused.getMessage());
        }
    }

    @Test
    void propertiesReachRoutesAndCamelsOwnComponents() throws Exception {
        Map<String, String> properties =
                Map.of("demo.greeting", "hello {{env:PATH}}", "camel.component.seda.queue-size", "77");
        try (Workbench bench = new Workbench(directory, properties)) {
            assertEquals(
                    "hello " + System.getenv("PATH"), bench.context().resolvePropertyPlaceholders("{{demo.greeting}}"));
            assertEquals(77, bench.context().getComponent("seda", SedaComponent.class).getQueueSize());
        }
    }

    @Test
    void aWrongCamelKeyIsRefusedByNameWithoutItsValue() {
        Exception refused = assertThrows(
                IllegalArgumentException.class,
                () -> new Workbench(directory, Map.of("camel.component.seda.queue-sise", "geheim")));
        assertTrue(refused.getMessage().contains("camel.component.seda.queueSise"), refused.getMessage());
        assertFalse(refused.getMessage().contains("geheim"), refused.getMessage());
        assertNull(refused.getCause());
    }

    @Test
    void aComponentOfALaterVersionIsRefusedAsSuch() {
        try (Workbench bench = new Workbench(directory, Map.of())) {
            for (String uri : List.of("events:order-paid", "live:orders", "dbevent:stock")) {
                Exception refused =
                        assertThrows(Exception.class, () -> bench.context().getEndpoint(uri));
                assertTrue(refused.getMessage().contains("belongs to a later version"), refused.getMessage());
            }
        }
    }

    @Test
    void aRouteThatCantStartIsTriedAgainAndKeepsNoOtherFromStarting() throws Exception {
        Map<String, String> impatient = Map.of("camel.routecontroller.back-off-delay", "50");
        try (Workbench bench = new Workbench(directory, impatient)) {
            AtomicInteger failures = new AtomicInteger(3);
            bench.context().addComponent("flaky", new Flaky(failures));
            bench.load(
                    "flaky.xml",
                    """
                    <routes>
                      <route id="flaky"><from uri="flaky:x"/><to uri="log:x"/></route>
                      <route id="sound"><from uri="direct:x"/><to uri="log:x"/></route>
                    </routes>
                    """);
            assertEquals(Map.of("flaky", "no broker"), bench.platform.waitingRoutes());
            assertEquals(ServiceStatus.Started, status(bench, "sound"));

            await().until(() -> status(bench, "flaky") == ServiceStatus.Started);
            assertEquals(Map.of(), bench.platform.waitingRoutes());
        }
    }

    @Test
    void aRemovedRouteIsNotTriedAgain() throws Exception {
        Map<String, String> impatient = Map.of("camel.routecontroller.back-off-delay", "50");
        try (Workbench bench = new Workbench(directory, impatient)) {
            AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);
            bench.context().addComponent("flaky", new Flaky(failures));
            bench.load("flaky.xml", "<route id=\"flaky\"><from uri=\"flaky:x\"/><to uri=\"log:x\"/></route>");
            bench.context().getRouteController().stopRoute("flaky");
            bench.context().removeRoute("flaky");
            assertEquals(Map.of(), bench.platform.waitingRoutes());
            int tries = failures.get();
            await().during(java.time.Duration.ofMillis(300)).until(() -> failures.get() == tries);
        }
    }

    private static ServiceStatus status(Workbench bench, String route) {
        return bench.context().getRouteController().getRouteStatus(route);
    }

    /** A component whose consumers fail to start a number of times. */
    private static final class Flaky extends DefaultComponent {
        private final AtomicInteger failures;

        Flaky(AtomicInteger failures) {
            this.failures = failures;
        }

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            return new DefaultEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Consumer createConsumer(Processor processor) {
                    return new DefaultConsumer(this, processor) {
                        @Override
                        protected void doStart() throws Exception {
                            super.doStart();
                            if (failures.getAndDecrement() > 0) {
                                throw new IllegalStateException("no broker");
                            }
                        }
                    };
                }
            };
        }
    }
}

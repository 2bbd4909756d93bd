package io.bactrian.camel;

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
import javax.sql.DataSource;
import org.apache.camel.component.seda.SedaComponent;
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
            assertEquals(
                    77,
                    bench.context().getComponent("seda", SedaComponent.class).getQueueSize());
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
            for (String uri : List.of("live:orders", "dbevent:stock")) {
                Exception refused =
                        assertThrows(Exception.class, () -> bench.context().getEndpoint(uri));
                assertTrue(refused.getMessage().contains("belongs to a later version"), refused.getMessage());
            }
        }
    }
}

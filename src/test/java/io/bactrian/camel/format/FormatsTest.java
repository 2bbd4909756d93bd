package io.bactrian.camel.format;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeId;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.change.Row;
import io.bactrian.change.RowType;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Processor;
import org.apache.camel.TypeConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a change looks like to receivers, and how steps of a route get it as text. */
class FormatsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Kept to the letter: what isn't parsed can't be altered. */
    private static final String ROW = "{\"id\":1,\"amount\":12.50000000000000000000001,\"note\":\"a \\u00e9\"}";

    @TempDir
    Path directory;

    @Test
    void debeziumsEnvelopeHasItsFields() throws Exception {
        Change change = change(Operation.UPDATE, "shop.orders", null, "{\"id\":1}", ROW);
        String json = ChangeJson.debezium(change);
        assertTrue(json.contains("\"after\":" + ROW), json);
        JsonNode envelope = JSON.readTree(json);
        assertEquals("u", envelope.get("op").asText());
        assertEquals(1, envelope.get("before").get("id").asInt());
        assertEquals(
                Instant.parse("2026-03-01T10:00:01Z").toEpochMilli(),
                envelope.get("ts_ms").asLong());
        assertTrue(envelope.get("transaction").isNull());
        JsonNode source = envelope.get("source");
        assertEquals("bactrian", source.get("connector").asText());
        assertEquals("main", source.get("name").asText());
        assertEquals("main", source.get("db").asText());
        assertEquals("shop", source.get("schema").asText());
        assertEquals("orders", source.get("table").asText());
        assertEquals("t\"1", source.get("txId").asText());
        assertEquals("false", source.get("snapshot").asText());
        assertEquals("[\"1\",\"7\"]", source.get("sequence").asText());
        assertEquals(
                Instant.parse("2026-03-01T10:00:00Z").toEpochMilli(),
                source.get("ts_ms").asLong());
        assertEquals("main-1-7", source.get("id").asText());
        assertTrue(!source.get("version").asText().isEmpty());
    }

    @Test
    void debeziumsLettersAreThoseOfItsConnectors() throws Exception {
        Map<Operation, String> letters = Map.of(
                Operation.INSERT, "c",
                Operation.UPDATE, "u",
                Operation.DELETE, "d",
                Operation.SNAPSHOT, "r",
                Operation.TRUNCATE, "t",
                Operation.EVENT, "m");
        for (Operation operation : Operation.values()) {
            JsonNode envelope = JSON.readTree(ChangeJson.debezium(change(operation, "orders", null, null, null)));
            assertEquals(letters.get(operation), envelope.get("op").asText());
            assertEquals("", envelope.get("source").get("schema").asText());
            assertTrue(envelope.get("before").isNull());
        }
        JsonNode delete = JSON.readTree(ChangeJson.debezium(change(Operation.DELETE, "orders", null, ROW, null)));
        assertEquals(1, delete.get("before").get("id").asInt());
        assertTrue(delete.get("after").isNull());
    }

    @Test
    @DisplayName("invariant 13: a row that nobody touched becomes text as it was captured")
    void ourValuesBecomeJsonWhereTextOrBytesAreWanted() throws Exception {
        try (Workbench bench = new Workbench(directory, Map.of())) {
            TypeConverter converter = bench.context().getTypeConverter();
            Change change = change(Operation.INSERT, "orders", null, null, ROW);
            Row row = Row.ofJson(ROW, RowType.UNKNOWN);
            assertEquals(ROW, converter.convertTo(String.class, row));
            assertEquals(ROW, new String(converter.convertTo(byte[].class, row), StandardCharsets.UTF_8));
            assertEquals(
                    ROW,
                    new String(converter.convertTo(InputStream.class, row).readAllBytes(), StandardCharsets.UTF_8));
            assertEquals(ChangeJson.cloudEvent(change), converter.convertTo(String.class, change));
            assertEquals(
                    "[" + ChangeJson.cloudEvent(change) + "," + ChangeJson.cloudEvent(change) + "]",
                    converter.convertTo(String.class, List.of(change, change)));
            assertEquals("[" + ROW + "]", converter.convertTo(String.class, List.of(row)));
            row.put("status", "paid");
            assertEquals(
                    "paid",
                    JSON.readTree(converter.convertTo(String.class, row))
                            .get("status")
                            .asText());
            // Other lists are Camel's as ever.
            assertEquals("[1, 2]", converter.convertTo(String.class, List.of(1, 2)));
            assertNull(converter.tryConvertTo(Integer.class, row));
        }
    }

    /** A route per data format in each language of route files. */
    private enum Dsl {
        XML("""
            <routes xmlns="http://camel.apache.org/schema/xml-io">
              <route id="FORMAT">
                <from uri="changes:orders?from=earliest"/>
                <marshal><custom ref="change-FORMAT"/></marshal>
                <process ref="seen"/>
              </route>
            </routes>
            """),
        YAML("""
            - route:
                id: FORMAT
                from:
                  uri: changes:orders
                  parameters: {from: earliest}
                  steps:
                    - marshal:
                        custom: {ref: change-FORMAT}
                    - process: {ref: seen}
            """),
        JAVA("""
            import org.apache.camel.builder.RouteBuilder;

            public class Formats extends RouteBuilder {
                @Override
                public void configure() {
                    from("changes:orders?from=earliest").routeId("FORMAT").marshal().custom("change-FORMAT").process("seen");
                }
            }
            """);

        private final String text;

        Dsl(String text) {
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource(Dsl.class)
    void marshalWritesEachFormatInEveryLanguage(Dsl dsl) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Workbench bench = new Workbench(directory, Map.of())) {
            Processor collect = exchange -> seen.add(exchange.getMessage().getHeader("Content-Type") + " "
                    + exchange.getMessage().getBody(String.class));
            bench.context().getRegistry().bind("seen", Processor.class, collect);
            Change change = bench.collectOrders(1).get(0);
            Map<String, String> expected = Map.of(
                    "cloudevents", "application/cloudevents+json " + ChangeJson.cloudEvent(change),
                    "debezium", "application/json " + ChangeJson.debezium(change),
                    "row", "application/json " + change.afterJson(),
                    "standard",
                            "application/json {\"type\":\"row.inserted\",\"timestamp\":\"" + change.time()
                                    + "\",\"data\":" + ChangeJson.data(change) + "}");
            for (Map.Entry<String, String> format : expected.entrySet()) {
                seen.clear();
                String file = dsl == Dsl.JAVA
                        ? "Formats.java"
                        : "formats." + dsl.name().toLowerCase(Locale.ROOT);
                bench.load(file, dsl.text.replace("FORMAT", format.getKey()));
                await().until(() -> !seen.isEmpty());
                assertEquals(format.getValue(), seen.get(0));
                bench.context().getRouteController().stopRoute(format.getKey());
                bench.context().removeRoute(format.getKey());
            }
        }
    }

    @Test
    void aBodyThatTheRouteMadeBecomesTheData() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Workbench bench = new Workbench(directory, Map.of())) {
            Processor collect = exchange -> seen.add(exchange.getMessage().getBody(String.class));
            bench.context().getRegistry().bind("seen", Processor.class, collect);
            bench.collectOrders(5);
            bench.load("made.xml", """
                    <routes xmlns="http://camel.apache.org/schema/xml-io">
                      <route id="made">
                        <from uri="changes:orders?from=earliest"/>
                        <setBody><constant>{"total":3}</constant></setBody>
                        <marshal><custom ref="change-debezium"/></marshal>
                        <process ref="seen"/>
                      </route>
                    </routes>
                    """);
            await().until(() -> !seen.isEmpty());
            assertEquals(3, JSON.readTree(seen.get(0)).get("after").get("total").asInt());
            assertEquals(
                    "orders",
                    JSON.readTree(seen.get(0)).get("source").get("table").asText());
        }
    }

    @Test
    void aFormatThatIsntThereIsNamedWithThoseThatAre() {
        String told = assertThrows(
                        IllegalArgumentException.class,
                        () -> ChangeFormat.ofWord("cloudevents-binary", ChangeFormat.OF_RECORDS))
                .getMessage();
        assertEquals("format=cloudevents-binary is not one of cloudevents, standard, row, debezium, body", told);
    }

    static Change change(
            Operation operation,
            String table,
            @Nullable String keyBefore,
            @Nullable String before,
            @Nullable String after) {
        return new Change(
                new ChangeId("main", 1, 7),
                70,
                table,
                operation,
                "{\"id\":1}",
                keyBefore,
                before,
                after,
                "t\"1",
                List.of("crm"),
                Instant.parse("2026-03-01T10:00:00Z"),
                Instant.parse("2026-03-01T10:00:01Z"),
                RowType.UNKNOWN);
    }
}

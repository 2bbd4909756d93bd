package io.bactrian.camel.changes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.Workbench;
import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Camel copies a message where a step replaces its body or it goes several ways: the copy is still that change. */
class CopiedChangeTest {
    @TempDir
    Path directory;

    private final List<Exchange> seen = new CopyOnWriteArrayList<>();
    private Workbench bench;

    @BeforeEach
    void open() {
        bench = new Workbench(directory, Map.of());
        bind("seen", seen::add);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<setBody><constant>x</constant></setBody><process ref='seen'/>",
                "<transform><constant>x</constant></transform><process ref='seen'/>",
                "<multicast><process ref='seen'/></multicast>",
                "<wireTap uri='direct:tapped'/>",
                "<split><constant>x</constant><process ref='seen'/></split>",
                "<enrich><constant>direct:tapped</constant></enrich>",
            })
    void aCopyHasAllHeaders(String steps) throws Exception {
        load("<route id='tapped'><from uri='direct:tapped'/><process ref='seen'/></route>", orders(steps));
        bench.collect(bench.moved(1, 2));
        await().until(() -> !seen.isEmpty());
        Message copy = seen.get(0).getMessage();
        assertEquals("main-1-1", copy.getHeader(BactrianHeaders.ID));
        assertEquals("orders", copy.getHeader(BactrianHeaders.TABLE));
        assertEquals("update", copy.getHeader(BactrianHeaders.OPERATION));
        assertEquals(List.of("crm"), copy.getHeader(BactrianHeaders.ORIGIN));
        assertEquals(Map.of("id", 1), copy.getHeader(BactrianHeaders.KEY_BEFORE));
    }

    @Test
    @DisplayName("invariants 9, 10: a change whose body a step replaced is inserted once, on behalf of its origin")
    void aChangeWithAnotherBodyIsInsertedOnceOnBehalfOfItsOrigin() throws Exception {
        bind("failsFirst", exchange -> {
            seen.add(exchange);
            if (seen.size() == 1) {
                throw new IllegalStateException("after the write, as a crash may come");
            }
        });
        try (Database database = Database.open(
                new DatabaseSettings("main", "jdbc:sqlite:" + directory.resolve("main.db"), null, null, 1))) {
            database.transaction(List.of(), connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.execute("CREATE TABLE log (line INTEGER PRIMARY KEY, what TEXT)");
                }
            });
            new Capture(database, new CaptureSettings(List.of("log"), List.of(), Install.AUTO)).install(List.of());
            load(orders("""
                    <setBody><simple>{"what":"${body[status]}"}</simple></setBody>
                    <to uri='table:log?operation=insert'/><process ref='failsFirst'/>
                    """));
            bench.collect(bench.moved(1, 2));
            await().until(() -> bench.subscriptions.find("orders").orElseThrow().position() == 1);
            assertEquals(2, seen.size());
            assertEquals(List.of("paid for orders,crm"), log(database));
        }
    }

    private static List<String> log(Database database) {
        return database.read(connection -> {
            List<String> lines = new ArrayList<>();
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(
                            "SELECT what, origin FROM log LEFT JOIN bactrian_change ON \"key\" ->> 'line' = line")) {
                while (row.next()) {
                    lines.add(row.getString(1) + " for " + row.getString(2));
                }
            }
            return lines;
        });
    }

    private void bind(String name, Processor processor) {
        bench.context().getRegistry().bind(name, Processor.class, processor);
    }

    private void load(String... routes) throws Exception {
        bench.load("orders.xml", "<routes>" + String.join("", routes) + "</routes>");
    }

    private static String orders(String steps) {
        return "<route id='orders'><from uri='changes:orders?from=earliest'/>" + steps + "</route>";
    }
}

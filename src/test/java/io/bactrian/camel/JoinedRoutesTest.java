package io.bactrian.camel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.bactrian.broker.Broker;
import io.bactrian.broker.BrokerSettings;
import io.bactrian.camel.queue.QueueComponent;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinedRoutesTest {
    @TempDir
    Path folder;

    private Broker broker;
    private Workbench bench;
    private int routes;

    @BeforeEach
    void open() {
        broker = Broker.unconnected(BrokerSettings.embedded(folder.resolve("broker")), Clock.systemUTC());
        bench = new Workbench(folder, Map.of(), Map.of("jms", new QueueComponent(broker)));
    }

    @AfterEach
    void close() {
        bench.close();
        broker.close();
    }

    @Test
    void whatOnlyWritesRowsOfOneDatabaseIsJoined() throws Exception {
        for (String steps : List.of(
                "[{to: 'table:orders'}]",
                "[{to: 'log:seen'}, {log: 'has come: ${body}'}, {to: {uri: 'table:orders', parameters: {origin: crm}}}]",
                "[{setHeader: {name: x, simple: '${body}'}}, {setBody: {jsonpath: '$.row'}}, {to: 'table:orders'}]",
                "[{choice: {when: [{simple: '${header.x}', steps: [{to: 'table:a'}]}], otherwise: {steps: [{to: 'table:b'}]}}}]",
                "[{filter: {simple: '${header.x}', steps: [{to: 'table:a'}]}}]",
                "[{to: 'table:orders'}, {to: 'table:orders?operation=read'}]")) {
            assertEquals(bench.database(), joined(steps), steps);
        }
    }

    @Test
    void whatDoesAnythingElseIsNot() throws Exception {
        for (String steps : List.of(
                "[{to: 'log:seen'}]",
                "[{to: 'table:orders'}, {to: 'sql:select 1?dataSource=#main'}]",
                "[{to: 'table:orders'}, {to: 'direct:other'}]",
                "[{to: 'table:orders'}, {toD: 'table:${header.table}'}]",
                "[{wireTap: {uri: 'log:x'}}, {to: 'table:orders'}]",
                "[{setBody: {simple: '${bean:main}'}}, {to: 'table:orders'}]",
                "[{process: {ref: other}}, {to: 'table:orders'}]",
                "[{removeHeaders: {pattern: '*'}}, {to: 'table:orders'}]",
                "[{split: {simple: '${body}', steps: [{to: 'table:orders'}]}}]",
                "[{threads: {poolSize: 2}}, {to: 'table:orders'}]",
                "[{doTry: {steps: [{to: 'table:orders'}], doCatch: [{exception: ['java.lang.Exception'], steps: []}]}}]",
                "[{choice: {when: [{simple: '${header.x}', steps: [{to: 'table:a'}]}], otherwise: {steps: [{to: 'jms:queue:b'}]}}}]")) {
            assertNull(joined(steps), steps);
        }
    }

    @Test
    void aRouteThatHandlesItsErrorsIsNot() throws Exception {
        bench.load("handled.yaml", """
                - onException:
                    exception: [java.lang.Exception]
                    handled: {constant: "true"}
                    steps: [{to: 'log:failed'}]
                - route: {id: handled, from: {uri: 'direct:handled', steps: [{to: 'table:orders'}]}}
                """);
        assertFalse(
                JoinedRoutes.from(bench.context().getEndpoint("direct:handled")).isPresent());
        bench.load("letters.yaml", """
                - route:
                    id: letters
                    errorHandler: {deadLetterChannel: {deadLetterUri: 'log:dead'}}
                    from: {uri: 'direct:letters', steps: [{to: 'table:orders'}]}
                """);
        assertFalse(
                JoinedRoutes.from(bench.context().getEndpoint("direct:letters")).isPresent());
    }

    @Test
    void theConnectorIsJoined() throws Exception {
        try (InputStream kamelet =
                Objects.requireNonNull(getClass().getResourceAsStream("/kamelets/queue-to-table.kamelet.yaml"))) {
            bench.load("queue-to-table.kamelet.yaml", new String(kamelet.readAllBytes(), StandardCharsets.UTF_8));
        }
        bench.load("connector.xml", """
                <templatedRoutes xmlns="http://camel.apache.org/schema/xml-io">
                  <templatedRoute routeTemplateRef="queue-to-table" routeId="orders-in">
                    <parameter name="queue" value="in"/>
                    <parameter name="table" value="orders"/>
                    <parameter name="columns" value="id=number"/>
                  </templatedRoute>
                </templatedRoutes>
                """);
        Route route = bench.context().getRoute("orders-in");
        assertEquals(bench.database(), JoinedRoutes.from(route.getEndpoint()).orElse(null));
    }

    private @Nullable Object joined(String steps) throws Exception {
        String name = "r" + ++routes;
        bench.context().getRegistry().bind("other", (org.apache.camel.Processor) exchange -> {});
        bench.load(
                name + ".yaml", "- route: {id: %s, from: {uri: 'direct:%s', steps: %s}}".formatted(name, name, steps));
        return JoinedRoutes.from(bench.context().getEndpoint("direct:" + name)).orElse(null);
    }
}

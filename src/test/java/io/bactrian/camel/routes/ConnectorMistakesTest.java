package io.bactrian.camel.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong in using a connector is told with the line and the remedy. */
class ConnectorMistakesTest {
    @TempDir
    Path temp;

    private Workbench bench;
    private RouteFolder folder;

    @BeforeEach
    void begin() throws IOException {
        bench = new Workbench(temp, Map.of());
        folder = new RouteFolder(Files.createDirectory(temp.resolve("routes")), bench.context());
    }

    @AfterEach
    void end() {
        folder.close();
        bench.close();
    }

    private static String xml(String connector, String id, String... parameters) {
        StringBuilder text =
                new StringBuilder("<camel>\n  <templatedRoute routeTemplateRef=\"" + connector + "\"" + id + ">\n");
        for (int i = 0; i < parameters.length; i += 2) {
            text.append("    <parameter name=\"%s\" value=\"%s\"/>\n".formatted(parameters[i], parameters[i + 1]));
        }
        return text.append("  </templatedRoute>\n</camel>\n").toString();
    }

    @Test
    void mistakesAreToldWithTheNearestName() {
        folder.write("connector.xml", xml("changes-to-hok", " routeId=\"a\"", "tables", "orders"))
                .write("parameter.xml", xml("hook-to-table", " routeId=\"b\"", "name", "b", "tabel", "orders"))
                .write("missing.xml", xml("hook-to-table", " routeId=\"c\"", "name", "c"))
                .write("unnamed.xml", xml("changes-to-table", "", "target", "main", "origin", "a", "party", "b"))
                .write("endpoint.yaml", """
                        - route:
                            id: e
                            from:
                              uri: direct:e
                              steps:
                                - to: kamelet:changes-to-hook?tables=orders
                        """)
                .write(
                        "mapping.xml",
                        xml(
                                "hook-to-table",
                                " routeId=\"f\"",
                                "name",
                                "f",
                                "table",
                                "orders",
                                "verify",
                                "none",
                                "columns",
                                "id"))
                .write(
                        "mine.xml",
                        "<routeTemplate id='table-to-rest'><route><from uri='direct:x'/></route></routeTemplate>")
                .start();
        assertError("connector.xml", 2, "'changes-to-hok': did you mean 'changes-to-hook'?");
        assertError("parameter.xml", 4, "hook-to-table has no parameter 'tabel': did you mean 'table'?");
        assertError("missing.xml", 2, "hook-to-table needs the parameter 'table' (it needs name, table)");
        assertError("unnamed.xml", 2, "changes-to-table needs a route id");
        assertError("endpoint.yaml", 6, "changes-to-hook is a whole route, not an endpoint");
        assertError("mapping.xml", 2, "Not a mapping of columns: 'id'");
        assertError("mine.xml", 1, "the route template id 'table-to-rest' belongs to the platform");
        assertTrue(bench.context().getRoutes().isEmpty());
    }

    @Test
    void aFileWithAConnectorIsCheckedReplacedAndRemovedAsAnyOther() {
        String good = xml("hook-to-table", " routeId=\"a\"", "name", "a", "table", "orders", "verify", "none");
        folder.write("a.xml", good).start();
        assertEquals(List.of("a"), folder.status("a.xml").routes());

        folder.write("a.xml", good.replace("\"verify\"", "\"verfy\""));
        folder.awaitError("a.xml");
        assertTrue(bench.context().getRouteController().getRouteStatus("a").isStarted());

        folder.write("a.xml", good.replace("routeId=\"a\"", "routeId=\"b\""));
        folder.awaitLoaded("a.xml", "b");
        folder.write("c.xml", good.replace("value=\"a\"", "value=\"c\"").replace("routeId=\"a\"", "routeId=\"c\""));
        folder.awaitLoaded("c.xml", "c");
        folder.delete("a.xml");
        folder.awaitGone("a.xml");
        assertEquals(1, bench.context().getRoutes().size());
        assertTrue(bench.context().getRouteController().getRouteStatus("c").isStarted());
    }

    private void assertError(String file, int line, String part) {
        RouteFileError error = folder.status(file).error();
        assertTrue(error != null && error.message().contains(part), file + ": " + error);
        assertEquals(line, error.line(), error.message());
    }
}

package io.bactrian.camel.routes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.change.Row;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Route files over the platform's own context, with real subscriptions. */
class RouteFilesOnPlatformTest {
    @TempDir
    Path temp;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private Workbench bench;
    private RouteFolder folder;

    @BeforeEach
    void begin() throws IOException {
        bench = new Workbench(temp, Map.of("hook.target", "log:nowhere"));
        Processor note = exchange -> seen.add(exchange.getFromRouteId() + exchange.getProperty("v", "", String.class)
                + " " + exchange.getIn().getBody(Row.class).get("id"));
        bench.context().getRegistry().bind("note", note);
        folder = new RouteFolder(Files.createDirectory(temp.resolve("routes")), bench.context());
    }

    @AfterEach
    void end() {
        folder.close();
        bench.close();
    }

    private static String text(String id, String version) {
        return """
                <routes>
                  <route id="%s">
                    <from uri="changes:orders"/>
                    <setProperty name="v"><constant>%s</constant></setProperty>
                    <process ref="note"/>
                    <to uri="{{hook.target}}"/>
                  </route>
                </routes>
                """.formatted(id, version);
    }

    @Test
    void changesGoOnFromWhereTheyWereWhenTheirFileIsEdited() {
        folder.write("a.xml", text("orders", "one")).start();
        assertEquals(Set.of("orders"), folder.files().subscriptions());
        bench.collectOrders(1, 2);
        await().until(() -> seen.size() == 2);
        System.out.println(folder.files().list());

        folder.write("a.xml", text("orders", "two").replace("changes:orders", "changes:orders?nix=1"));
        folder.awaitError("a.xml");
        System.out.println(folder.files().list());
        bench.collectOrders(3);
        await().until(() -> seen.size() == 3);

        String before = folder.status("a.xml").version();
        folder.write("a.xml", text("orders", "two"));
        bench.collectOrders(4);
        folder.awaitStatus("a.xml", s -> s.error() == null && !before.equals(s.version()));
        bench.collectOrders(5);
        await().until(() -> seen.size() == 5);
        assertEquals("orderstwo 5", seen.get(4));

        folder.delete("a.xml");
        folder.awaitGone("a.xml");
        assertEquals(List.of(Set.of("orders")), folder.orphaned);
        bench.collectOrders(6);
        folder.write("b.xml", text("orders", "three"));
        await().until(() -> seen.size() == 6);
        assertEquals("ordersthree 6", seen.get(5));
    }

    @Test
    void aRouteWithoutIdIsRefusedAndATakenPortIsTriedAgain() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            port = taken.getLocalPort();
            folder.write("a.xml", text("x", "one").replace(" id=\"x\"", ""))
                    .write(
                            "b.xml",
                            "<routes><route id='busy'><from uri='jetty:http://127.0.0.1:" + port
                                    + "/x'/><to uri='log:x'/></route></routes>")
                    .start();
            System.out.println(folder.files().list());
            assertEquals(RouteFileStatus.State.BROKEN, folder.status("a.xml").state());
            assertEquals(1, folder.status("b.xml").waiting().size());
        }
        folder.awaitStatus("b.xml", status -> status.waiting().isEmpty());
        assertTrue(bench.context().getRouteController().getRouteStatus("busy").isStarted());
        folder.delete("b.xml");
        folder.awaitGone("b.xml");
        assertEquals(0, bench.context().getRoutes().size());
    }
}

package io.bactrian.camel.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.camel.routes.RouteTrialReport.Delivery;
import io.bactrian.camel.routes.RouteTrialReport.Send;
import io.bactrian.camel.routes.RouteTrialReport.Tried;
import io.bactrian.subscription.RecentChanges;
import io.bactrian.subscription.SubscriptionException;
import io.bactrian.subscription.SubscriptionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A route file is tried on past changes: what it would send is told, and nothing is sent. */
class RouteTrialTest {
    @TempDir
    Path temp;

    private Workbench bench;
    private RouteFolder folder;

    @BeforeEach
    void begin() throws IOException {
        bench = new Workbench(temp, Map.of("target.secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
        folder = new RouteFolder(Files.createDirectory(temp.resolve("routes")), bench.context());
        folder.start();
    }

    @AfterEach
    void end() {
        folder.close();
        bench.close();
    }

    @Test
    void whatItWouldSendIsToldAndNothingIsSent() {
        bench.collectOrders(1, 2, 3);
        bench.collect(bench.moved(3, 4));
        Path file = temp.resolve("out");
        RouteTrialReport report = trial("a.xml", """
                <routes>
                  <route id="orders">
                    <from uri="changes:orders?operations=insert"/>
                    <setHeader name="CamelFileName"><simple>${body[id]}.json</simple></setHeader>
                    <setHeader name="Authorization"><constant>Bearer s3cret</constant></setHeader>
                    <log message="order ${body[id]}"/>
                    <to uri="file:%s"/>
                    <toD uri="hook:http://127.0.0.1:1/${body[id]}?secret={{target.secret}}"/>
                    <wireTap uri="direct:inner"/>
                  </route>
                  <route id="inner">
                    <from uri="direct:inner"/>
                    <to uri="table:copies"/>
                  </route>
                  <route id="clock">
                    <from uri="timer:tick?period=1"/>
                    <to uri="file:%s"/>
                  </route>
                </routes>
                """.formatted(file, file), 2);

        assertNull(report.error(), report::toString);
        assertEquals(List.of("clock"), report.idle());
        Tried tried = report.tried().get(0);
        assertEquals("orders", tried.subscription());
        assertEquals(
                List.of("operation"),
                tried.dropped().stream().map(drop -> drop.reason()).toList());
        assertEquals(
                List.of(2L, 3L),
                tried.deliveries().stream().map(RouteTrialTest::position).toList());
        Delivery last = tried.deliveries().get(1);
        assertEquals("delivered", last.outcome(), last::toString);
        // Whether it logs depends on the logging's level.
        List<Send> sends =
                last.sends().stream().filter(send -> !send.what().equals("log")).toList();
        assertEquals(3, sends.size(), last::toString);
        Send toFile = sends.get(0);
        assertEquals("3.json", toFile.headers().get("CamelFileName"));
        assertEquals("{\"id\":3,\"status\":\"new\"}", toFile.body());
        assertTrue(sends.get(1).to().contains("127.0.0.1:1/3"), last::toString);
        assertTrue(last.sends().stream().anyMatch(send -> "inner".equals(send.route())), last::toString);
        assertFalse(report.toString().contains("s3cret"), report::toString);
        assertFalse(report.toString().contains("whsec_M"), report::toString);
        assertFalse(Files.exists(file));
        assertEquals(
                List.of(),
                bench.subscriptions.list().stream()
                        .map(SubscriptionStatus::name)
                        .toList());
        assertTrue(bench.context().getRoutes().isEmpty());
    }

    @Test
    void whatFailsIsToldWithItsCauseAndTheOthersGoOn() {
        bench.collectOrders(1, 2);
        RouteTrialReport report = trial("a.yaml", """
                - route:
                    id: orders
                    from:
                      uri: changes:orders
                      steps:
                        - filter:
                            simple: "${body[id]} == 1"
                            steps:
                              - throwException:
                                  exceptionType: java.lang.IllegalStateException
                                  message: the first is bad
                        - to: log:x
                """, 20);
        List<Delivery> deliveries = report.tried().get(0).deliveries();
        assertEquals("failed", deliveries.get(0).outcome());
        assertEquals("the first is bad", deliveries.get(0).error());
        assertEquals("delivered", deliveries.get(1).outcome());
    }

    @Test
    void batchesAndPollsAndEchoesAreToldAsTheyAre() {
        bench.collectOrders(1, 2, 3);
        bench.collect(bench.moved(3, 4));
        RouteTrialReport report = trial("a.xml", """
                <routes>
                  <route id="orders">
                    <from uri="changes:*?batch=2&amp;origin=crm"/>
                    <pollEnrich><constant>file:%s</constant></pollEnrich>
                    <to uri="table:*"/>
                  </route>
                </routes>
                """.formatted(temp.resolve("in")), 20);
        Tried tried = report.tried().get(0);
        assertEquals("echo", tried.dropped().get(0).reason());
        assertEquals(
                List.of(2, 1),
                tried.deliveries().stream().map(each -> each.changes().size()).toList());
        assertEquals("poll", tried.deliveries().get(0).sends().get(0).what());
        assertFalse(Files.exists(temp.resolve("in")));
    }

    @Test
    void aFileThatDoesNotLoadIsToldWithItsLine() {
        RouteTrialReport report = trial("a.xml", """
                <routes>
                  <route id="orders">
                    <from uri="changes:orders"/>
                    <to uri="nonsense:here"/>
                  </route>
                </routes>
                """, 20);
        RouteFileError error = report.error();
        assertNotNull(error);
        assertEquals(4, error.line());
        assertThrows(IllegalArgumentException.class, () -> trial("a.txt", "x", 1));
        assertThrows(
                SubscriptionException.class,
                () -> folder.files()
                        .tryOut("a.xml", route("orders"), new RecentChanges(bench.journals()), 1, "elsewhere"));
    }

    @Test
    void aRunningRouteOfTheSameIdIsNotDisturbed() {
        folder.write("a.xml", route("orders"));
        folder.awaitStatus("a.xml", status -> status.error() == null);
        bench.collectOrders(1);
        RouteTrialReport report = trial("a.xml", route("orders"), 20);
        assertEquals(1, report.tried().get(0).deliveries().size());
        assertEquals(1, bench.subscriptions.list().size());
    }

    private static String route(String id) {
        return "<routes><route id=\"" + id + "\"><from uri=\"changes:orders\"/><to uri=\"log:x\"/></route></routes>";
    }

    private static long position(Delivery delivery) {
        return delivery.changes().get(0).position();
    }

    private RouteTrialReport trial(String file, String text, int last) {
        return folder.files().tryOut(file, text, new RecentChanges(bench.journals()), last, null);
    }
}

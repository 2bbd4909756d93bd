package io.bactrian.http;

import static io.bactrian.http.HookEndpointIT.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.http.Metric.Kind;
import io.bactrian.http.Metric.Sample;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServerIT {
    private HttpRig rig;

    /** Tells what of the request reached it. */
    private static final class Telling extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if ("/shop/throwing".equals(request.getPathInfo())) {
                throw new IllegalStateException("inside");
            }
            response.setContentType("text/plain");
            response.getWriter()
                    .print(request.getPathInfo() + " " + new TreeSet<>(Collections.list(request.getHeaderNames())) + " "
                            + new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @BeforeAll
    void start(@TempDir Path data) {
        HttpSettings settings = new HttpSettings("127.0.0.1", 0, 1000, List.of("/open/*", "/exact"));
        rig = new HttpRig(data, settings, List.of(), (database, table) -> true, Map.of());
        rig.server.mountRoutes(new Telling());
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    @Test
    void aTakenPortIsNamedWithTheRemedy(@TempDir Path data) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            HttpSettings settings = HttpSettings.local(taken.getLocalPort());
            HttpServer server = new HttpServer(
                    settings,
                    new ServedRooms(rig.keys, rig.hooks, rig.subscriptions, List.of(), (d, t) -> true, rig.platform));
            String message =
                    assertThrows(HttpStartException.class, server::start).getMessage();
            assertTrue(message.contains("Port " + taken.getLocalPort()), message);
            assertTrue(message.contains("bactrian.http.port"), message);
        }
    }

    @Test
    void anAddressThatIsNotOursIsNamedWithTheRemedy() {
        HttpSettings settings = new HttpSettings("192.0.2.1", 0, 1000, List.of());
        HttpServer server = new HttpServer(
                settings,
                new ServedRooms(rig.keys, rig.hooks, rig.subscriptions, List.of(), (d, t) -> true, rig.platform));
        String message = assertThrows(HttpStartException.class, server::start).getMessage();
        assertTrue(message.contains("bactrian.http.host"), message);
    }

    @Test
    @DisplayName("invariant 17: what isn't open by name needs a key, however its path is spelt")
    void withoutAKeyNothingIsTold() {
        for (String path : List.of(
                "/api/tables",
                "/api/keys",
                "/api/subscriptions",
                "/api/nothing",
                "/api",
                "/metrics",
                "/nothing",
                "/",
                "//api/keys",
                "/hooks/../api/keys",
                "/health/live/../../api/keys",
                "/api/./keys",
                "/API/keys",
                "/open/../closed",
                "/health/live/",
                "/health/ready/x")) {
            int status = HttpRig.status(rig.raw("GET", path));
            assertTrue(status == 401 || status == 400, path + " was answered " + status);
        }
    }

    @Test
    void aWrongKeyIs401AndSaysHow() {
        HttpResponse<String> answer = rig.sendOpen("GET", "/api/keys", null, "Authorization", "Bearer wrong");
        assertProblem(answer, 401);
        assertTrue(answer.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Bearer "));
        assertProblem(rig.sendOpen("GET", "/api/keys", null, "Authorization", "Basic YTpi"), 401);
        assertProblem(rig.sendOpen("GET", "/api/keys", null, "Authorization", "Bearer"), 401);
        assertEquals(
                200,
                rig.sendOpen("GET", "/api/keys", null, "Authorization", "bearer " + HttpRig.ADMIN_KEY)
                        .statusCode());
    }

    @Test
    void healthTellsTheStatusToAllAndTheDetailsToWhoHasAKey() {
        assertEquals(
                "{\"status\":\"up\"}", rig.sendOpen("GET", "/health/live", null).body());
        assertEquals(
                "{\"status\":\"up\"}",
                rig.sendOpen("GET", "/health/ready", null).body());
        assertTrue(rig.get("/health/ready").body().contains("database main"));
        Readiness before = rig.platform.readiness;
        rig.platform.readiness = Readiness.of(List.of(new Readiness.Check("database main", false, "refused")));
        try {
            HttpResponse<String> answer = rig.sendOpen("GET", "/health/ready", null);
            assertEquals(503, answer.statusCode());
            assertEquals("{\"status\":\"down\"}", answer.body());
            assertEquals(200, rig.sendOpen("GET", "/health/live", null).statusCode());
        } finally {
            rig.platform.readiness = before;
        }
        assertProblem(rig.sendOpen("POST", "/health/live", "{}"), 405);
        HttpResponse<String> head = rig.sendOpen("HEAD", "/health/live", null);
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void viewsOfThePlatformAreListed() {
        assertEquals(
                "[{\"name\":\"main\",\"product\":\"SQLite\"}]",
                rig.get("/api/databases").body());
        assertTrue(rig.get("/api/capture").body().contains("\"backlog\":0"));
        assertEquals("[]", rig.get("/api/routes").body());
        assertProblem(rig.post("/api/routes", "{}"), 405);
        assertProblem(rig.get("/api/routes?like=x"), 400);
        assertProblem(rig.get("/api/nothing"), 404);
        assertProblem(rig.get("/api"), 404);
    }

    @Test
    void listsArePaged() {
        rig.platform.routes = List.of(Map.of("id", "a"), Map.of("id", "b"), Map.of("id", "c"));
        try {
            HttpResponse<String> page = rig.get("/api/routes?limit=2");
            assertEquals("[{\"id\":\"a\"},{\"id\":\"b\"}]", page.body());
            assertEquals(
                    "</api/routes?limit=2&offset=2>; rel=\"next\"",
                    page.headers().firstValue("Link").orElse(""));
            page = rig.get("/api/routes?limit=2&offset=2");
            assertEquals("[{\"id\":\"c\"}]", page.body());
            assertTrue(page.headers().firstValue("Link").isEmpty());
            assertEquals("[]", rig.get("/api/routes?offset=2147483647").body());
        } finally {
            rig.platform.routes = List.of();
        }
        for (String wrong : List.of("limit=0", "limit=1001", "limit=x", "limit=", "offset=-1", "limit=1&limit=2")) {
            assertProblem(rig.get("/api/routes?" + wrong), 400);
        }
    }

    @Test
    void metricsAreInPrometheusText() {
        rig.platform.metrics = List.of(
                new Metric(
                        "bactrian_collector_backlog_rows",
                        "Rows",
                        Kind.GAUGE,
                        List.of(new Sample(Map.of("database", "ma\"in"), 7))),
                new Metric("bactrian_collected_rows", "Rows", Kind.COUNTER, List.of(new Sample(Map.of(), 42))));
        rig.get("/api/databases");
        HttpResponse<String> answer = rig.get("/metrics");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("text/plain; version=0.0.4"));
        for (String expected : List.of(
                "bactrian_collector_backlog_rows{database=\"ma\\\"in\"} 7.0",
                "bactrian_collected_rows_total 42.0",
                "bactrian_http_requests_total{area=\"api\",status=\"2xx\"}",
                "jvm_memory_used_bytes",
                "process_uptime_seconds")) {
            assertTrue(answer.body().contains(expected), expected + " is missing in\n" + answer.body());
        }
        assertTrue(rig.get("/metrics").body().contains("area=\"metrics\",status=\"2xx\""));
    }

    @Test
    void usersRoutesNeedAKeyUnlessTheyAreOpen() {
        assertProblem(rig.sendOpen("GET", "/shop", null), 401);
        assertTrue(rig.get("/shop").body().startsWith("/shop "));
        assertEquals(200, rig.sendOpen("GET", "/open/x/y", null).statusCode());
        assertEquals(200, rig.sendOpen("GET", "/open", null).statusCode());
        assertEquals(200, rig.sendOpen("GET", "/exact", null).statusCode());
        assertProblem(rig.sendOpen("GET", "/exact/x", null), 401);
        assertProblem(rig.sendOpen("GET", "/opener", null), 401);
        assertEquals(400, HttpRig.status(rig.raw("GET", "/open/%2e%2e/shop")));
        assertEquals(400, HttpRig.status(rig.raw("GET", "/open/..%2Fshop")));
    }

    @Test
    void usersRoutesSeeNeitherOurKeyNorHeadersThatSteerUs() {
        String told = rig.send("POST", "/shop", "body", "CAMELhttpUri", "x", "bactrian-Id", "y", "X-Own", "z")
                .body();
        assertTrue(told.contains("X-Own"), told);
        assertTrue(told.endsWith(" body"), told);
        assertFalse(told.toLowerCase(java.util.Locale.ROOT).contains("camel"), told);
        assertFalse(told.toLowerCase(java.util.Locale.ROOT).contains("bactrian"), told);
        assertFalse(told.contains("Authorization"), told);
        // An open route may have its own authorization.
        assertTrue(rig.sendOpen("GET", "/open", null, "Authorization", "Basic YTpi")
                .body()
                .contains("Authorization"));
    }

    @Test
    void aRouteThatThrowsIsA500WithoutInternals() {
        HttpResponse<String> answer = rig.get("/shop/throwing");
        assertProblem(answer, 500);
        assertFalse(answer.body().contains("inside"), answer.body());
    }

    @Test
    void aBodyOverTheLimitOfTheApiIs413() {
        assertProblem(rig.post("/api/keys", "\"" + "x".repeat(1000) + "\""), 413);
    }

    @Test
    void keysAreMadeShownOnceListedAndRevoked() {
        HttpResponse<String> made = rig.post("/api/keys", "{\"party\":\"crm\"}");
        assertEquals(201, made.statusCode(), made.body());
        String key = made.body().replaceFirst(".*\"key\":\"([^\"]+)\".*", "$1");
        String id = made.body().replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1");
        assertEquals("/api/keys/" + id, made.headers().firstValue("Location").orElse(""));
        assertEquals(
                200,
                rig.sendOpen("GET", "/api/keys", null, "Authorization", "Bearer " + key)
                        .statusCode());
        String list = rig.get("/api/keys").body();
        assertTrue(list.contains("\"party\":\"crm\""), list);
        assertFalse(list.contains(key), list);
        assertEquals(204, rig.send("DELETE", "/api/keys/" + id, null).statusCode());
        assertProblem(rig.sendOpen("GET", "/api/keys", null, "Authorization", "Bearer " + key), 401);
        assertProblem(rig.send("DELETE", "/api/keys/" + id, null), 404);
        for (String wrong : List.of(
                "{}",
                "[]",
                "{\"party\":\"a,b\"}",
                "{\"party\":\"crm\",\"scopes\":[\"all\"]}",
                "{\"party\":\"crm\",\"scopes\":\"admin\"}",
                "{\"party\":1}",
                "{\"party\":\"crm\",\"x\":1}")) {
            assertProblem(rig.post("/api/keys", wrong), 400);
        }
    }

    @Test
    void malformedJsonIs400() {
        for (String wrong : List.of(
                "",
                "{",
                "{\"party\":}",
                "{} {}",
                "nul",
                "{\"a\":1,\"a\":2}",
                "[".repeat(400),
                "{\"a\":" + "9".repeat(500) + "e999999999}",
                "{\"a\":1e-999999999}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\u0000\"}",
                "{\"party\":\"\\u0000\"}",
                "{\"a\":NaN}")) {
            assertProblem(rig.post("/api/keys", wrong), 400);
        }
        assertProblem(rig.post("/api/keys", "{\"party\":\"x\"}", "Content-Type", "text/plain"), 415);
    }

    @Test
    void whatIsNotUtf8Is400() {
        byte[] head = ("POST /api/keys HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer "
                        + HttpRig.ADMIN_KEY + "\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] body = "{\"party\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        assertEquals(400, HttpRig.status(rig.raw(whole)));
        String key = "Authorization: Bearer " + HttpRig.ADMIN_KEY;
        for (String path : List.of(
                "/api/keys/%ff", "/api/keys/%", "/api/keys/%zz", "/api/keys?a=%ff", "/api/keys?%zz", "/api/keys/%00")) {
            String answer = rig.raw("GET", path, key);
            assertTrue(List.of(400, 404, 405).contains(HttpRig.status(answer)), path + ": " + answer);
        }
    }

    @Test
    void whateverComesIsNeverOurFault() {
        Random random = new Random(4711);
        String key = "Authorization: Bearer " + HttpRig.ADMIN_KEY;
        String alphabet = "/%.;,?&=+ab0\u0001\u00e4\\'\"{}[]~*#@:";
        for (int i = 0; i < 400; i++) {
            StringBuilder path = new StringBuilder("/api/");
            if (i % 2 == 0) {
                path.append(List.of("keys/", "tables/", "subscriptions", "databases/main/tables/x/", "routes?")
                        .get(random.nextInt(5)));
            }
            for (int length = random.nextInt(20); length > 0; length--) {
                path.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String answer =
                    rig.raw(List.of("GET", "POST", "DELETE", "BREW").get(random.nextInt(4)), path.toString(), key);
            if (!answer.isEmpty()) {
                assertTrue(HttpRig.status(answer) < 500, path + ": " + answer);
            }
        }
    }

    @Test
    void whatJettyRefusesIsAProblemTooAndTellsNothingOfUs() {
        String answer = rig.raw("GET", "/api/keys", "X-Large: " + "x".repeat(20_000));
        assertEquals(431, HttpRig.status(answer), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        answer = rig.raw("GARBAGE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals(400, HttpRig.status(answer), answer);
        assertFalse(answer.contains("Jetty"), answer);
        answer = rig.raw("GET", "/%zz");
        assertEquals(400, HttpRig.status(answer), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
    }

    @Test
    void closingTwiceIsHarmless(@TempDir Path data) {
        HttpRig other = new HttpRig(data);
        other.server.close();
        other.close();
    }
}

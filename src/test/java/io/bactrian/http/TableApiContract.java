package io.bactrian.http;

import static io.bactrian.http.HookEndpointIT.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseSettings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the table API must do on every product. In one file, so that it reads as a table of contents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TableApiContract {
    private static final String ORDERS = "/api/tables/orders";

    @TempDir
    static Path directory;

    private Database database;
    private Database gone;
    HttpRig rig;

    /** How a new, empty database is reached. */
    abstract DatabaseSettings newDatabase(Path directory);

    /** How one is reached that isn't there. */
    abstract DatabaseSettings unreachable(Path directory);

    /** A trigger on {@code orders} that notes the origin in {@code seen}. */
    abstract List<String> noting();

    /** The column definition of a key that the database makes. */
    abstract String generatedKey();

    /** What a true {@code boolean} comes back as. */
    String paid() {
        return "true";
    }

    /** As many digits as the product keeps in a {@code decimal(30,2)}. */
    String wideTotal() {
        return "1234567890123456789012345678.10";
    }

    @BeforeAll
    void open() {
        database = Database.open(newDatabase(directory));
        gone = Database.open(unreachable(directory));
        run(
                "CREATE TABLE orders (id " + generatedKey() + ", customer text NOT NULL,"
                        + " quantity int CHECK (quantity >= 0), total decimal(30,2), paid boolean, code text UNIQUE, big bigint)");
        run("CREATE TABLE lines (sku text, nr int, quantity int, PRIMARY KEY (sku, nr))");
        run("CREATE TABLE keyless (name text)");
        run("CREATE TABLE hidden (id int PRIMARY KEY)");
        run("CREATE TABLE seen (origin text)");
        new Capture(
                        database,
                        new CaptureSettings(
                                List.of("orders", "lines", "keyless"), List.of(), CaptureSettings.Install.AUTO))
                .install(List.of());
        noting().forEach(this::run);
        rig = new HttpRig(
                directory.resolve("data"),
                HttpSettings.local(0),
                List.of(new ServedDatabase(database), new ServedDatabase(gone)),
                (name, table) -> !Set.of("hidden", "seen").contains(table),
                Map.of());
    }

    @AfterAll
    void close() {
        rig.close();
        database.close();
        gone.close();
    }

    @BeforeEach
    void empty() {
        List.of("orders", "lines", "keyless", "seen").forEach(table -> run("DELETE FROM " + table));
    }

    void run(String sql) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    @Test
    void onlyCapturedTablesAreThere() {
        String tables = rig.get("/api/tables").body();
        assertTrue(tables.contains("\"name\":\"lines\",\"key\":[\"sku\",\"nr\"]"), tables);
        assertFalse(tables.contains("hidden"), tables);
        assertProblem(rig.get("/api/tables/hidden"), 404);
        assertProblem(rig.post("/api/tables/hidden", "{\"id\":1}"), 404);
        HttpResponse<String> answer = rig.get("/api/tables/order");
        assertProblem(answer, 404);
        assertTrue(answer.body().contains("near: orders"), answer.body());
        assertFalse(answer.body().contains("hidden"), answer.body());
    }

    @Test
    void aRowIsInsertedReadChangedAndDeleted() {
        HttpResponse<String> made = rig.post(ORDERS, "{\"customer\":\"Zoë\",\"quantity\":2,\"paid\":true}");
        assertEquals(201, made.statusCode(), made.body());
        assertEquals("", made.body());
        String address = made.headers().firstValue("Location").orElseThrow();
        assertTrue(address.matches("/api/tables/orders/\\d+"), address);
        String row = rig.get(address).body();
        assertTrue(row.contains("\"customer\":\"Zoë\""), row);
        assertTrue(row.contains("\"paid\":" + paid()), row);
        assertTrue(row.contains("\"total\":null"), row);

        assertEquals(204, rig.send("PATCH", address, "{\"quantity\":3}").statusCode());
        HttpResponse<String> changed =
                rig.send("PATCH", address, "{\"total\":1.25}", "Prefer", "return=representation");
        assertEquals(200, changed.statusCode(), changed.body());
        assertTrue(changed.body().contains("\"quantity\":3,\"total\":1.25"), changed.body());
        assertEquals(
                "return=representation",
                changed.headers().firstValue("Preference-Applied").orElse(""));

        assertEquals(204, rig.send("DELETE", address, null).statusCode());
        assertProblem(rig.get(address), 404);
        assertProblem(rig.send("DELETE", address, null), 404);
        assertProblem(rig.send("PATCH", address, "{\"quantity\":3}"), 404);
    }

    @Test
    @DisplayName("invariant 13: numbers come out as they went in")
    void numbersAreExact() {
        String row = "{\"id\":9007199254740993,\"customer\":\"a\",\"total\":" + wideTotal() + ","
                + "\"big\":9223372036854775807}";
        HttpResponse<String> made = rig.post(ORDERS, row, "Prefer", "return=representation");
        assertEquals(201, made.statusCode(), made.body());
        for (String body :
                List.of(made.body(), rig.get(ORDERS + "/9007199254740993").body())) {
            assertTrue(body.contains("\"id\":9007199254740993,"), body);
            assertTrue(body.contains("\"big\":9223372036854775807"), body);
            assertTrue(body.contains("\"total\":" + wideTotal()), body);
        }
    }

    @Test
    void rowsAreFilteredByEqualityAndPaged() {
        for (int i = 1; i <= 5; i++) {
            insert(i, i % 2 == 0 ? "\"even & + %\"" : "\"odd\"", i == 3 ? "null" : "" + i);
        }
        assertIds(rig.get(ORDERS + "?customer=eq.odd"), 1, 3, 5);
        assertIds(rig.get(ORDERS + "?customer=eq.even%20%26+%2B%20%25"), 2, 4);
        assertIds(rig.get(ORDERS + "?quantity=is.null"), 3);
        assertIds(rig.get(ORDERS + "?quantity=eq.4&customer=eq.odd"));
        assertIds(rig.get(ORDERS + "?paid=is.null&id=eq.2"), 2);
        HttpResponse<String> page = rig.get(ORDERS + "?customer=eq.odd&limit=2");
        assertIds(page, 1, 3);
        assertEquals("0-1/*", page.headers().firstValue("Content-Range").orElse(""));
        String link = page.headers().firstValue("Link").orElse("");
        assertEquals("</api/tables/orders?customer=eq.odd&limit=2&offset=2>; rel=\"next\"", link);
        HttpResponse<String> next = rig.get(link.substring(1, link.indexOf('>')));
        assertIds(next, 5);
        assertTrue(next.headers().firstValue("Link").isEmpty());
    }

    @Test
    void whatTheGrammarDoesNotHaveYetIsRefusedByName() {
        for (String query : List.of(
                "select=id",
                "order=id.desc",
                "or=(id.eq.1,id.eq.2)",
                "quantity=gt.1",
                "quantity=not.eq.1",
                "quantity=is.true",
                "quantity=1",
                "quantity=",
                "quantity",
                "customers=eq.x",
                "quantity=eq.1&quantity=eq.2",
                "id=eq.x",
                "id=eq.1e999999999",
                "paid=eq.maybe",
                "limit=1001")) {
            HttpResponse<String> answer = rig.get(ORDERS + "?" + query);
            assertProblem(answer, 400);
            String name = query.replaceAll("=.*", "");
            assertTrue(answer.body().contains(name), query + ": " + answer.body());
        }
        assertProblem(rig.send("GET", ORDERS, null, "Range", "0-9"), 400);
        for (String prefer : List.of("count=exact", "tx=rollback", "max-affected=1", "return=all", "missing=default")) {
            assertProblem(rig.post(ORDERS, "{\"customer\":\"a\"}", "Prefer", prefer), 400);
        }
        assertProblem(rig.post(ORDERS, "{\"customer\":\"a\"}", "If-Match", "\"x\""), 400);
        assertProblem(rig.post(ORDERS + "?columns=id", "{\"customer\":\"a\"}"), 400);
        assertProblem(rig.send("PATCH", ORDERS + "?id=eq.1", "{\"customer\":\"a\"}"), 405);
        assertProblem(rig.send("DELETE", ORDERS, null), 405);
        assertProblem(rig.send("PUT", ORDERS + "/1", "{}"), 405);
        assertProblem(rig.get(ORDERS + "/1/history"), 404);
        assertEquals("[]", rig.get(ORDERS).body());
    }

    @Test
    void anArrayGoesInAsAWholeOrNotAtAll() {
        HttpResponse<String> made = rig.post(
                ORDERS,
                "[{\"id\":1,\"customer\":\"a\"},{\"id\":2,\"customer\":\"b\",\"quantity\":1}]",
                "Prefer",
                "return=representation");
        assertEquals(201, made.statusCode(), made.body());
        assertIds(made, 201, new int[] {1, 2});
        assertProblem(rig.post(ORDERS, "[{\"id\":3,\"customer\":\"a\"},{\"id\":1,\"customer\":\"b\"}]"), 409);
        assertIds(rig.get(ORDERS), 1, 2);
        assertEquals(201, rig.post(ORDERS, "[]").statusCode());
    }

    @Test
    void aBrokenConstraintIsNamedWithoutStatements() {
        insert(1, "\"a\"", "1");
        rig.send("PATCH", ORDERS + "/1", "{\"code\":\"c1\"}");
        HttpResponse<String> twice = rig.post(ORDERS, "{\"customer\":\"b\",\"code\":\"c1\"}");
        HttpResponse<String> none = rig.post(ORDERS, "{\"quantity\":1}");
        HttpResponse<String> negative = rig.send("PATCH", ORDERS + "/1", "{\"quantity\":-1}");
        assertTrue(twice.body().contains("code"), twice.body());
        assertTrue(none.body().contains("customer"), none.body());
        assertTrue(negative.body().contains("quantity"), negative.body());
        for (HttpResponse<String> answer : List.of(twice, none, negative)) {
            assertProblem(answer, 409);
            assertFalse(answer.body().matches("(?is).*(insert into|update orders|values|bactrian).*"), answer.body());
        }
    }

    @Test
    void unknownColumnsAndUnfitValuesAre400() {
        HttpResponse<String> answer = rig.post(ORDERS, "{\"custommer\":\"a\"}");
        assertProblem(answer, 400);
        assertTrue(answer.body().contains("custommer") && answer.body().contains("near: customer"), answer.body());
        assertProblem(rig.post(ORDERS, "{\"customer\":\"a\",\"big\":99999999999999999999999}"), 400);
        for (String wrong : List.of("1", "\"x\"", "[1]", "[[]]", "null", "{", "")) {
            assertProblem(rig.post(ORDERS, wrong), 400);
        }
        assertTrue(rig.post(ORDERS, "{}").statusCode() < 500);
        String incompressible = new Random(1)
                .ints(9000, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        HttpResponse<String> tooLong = rig.post(ORDERS, "{\"customer\":\"a\",\"code\":\"" + incompressible + "\"}");
        assertTrue(tooLong.statusCode() < 500, tooLong.body());
        run("DELETE FROM orders");
        assertProblem(rig.send("PATCH", ORDERS + "/1", "[]"), 400);
        assertProblem(rig.send("PATCH", ORDERS + "/1", "{}"), 400);
        assertProblem(rig.send("PATCH", ORDERS + "/1", "{\"id\":2,\"quantity\":1}"), 400);
        assertEquals("[]", rig.get(ORDERS).body());
    }

    @Test
    void aCompositeKeyIsItsValuesJoinedByCommas() {
        List<String> skus =
                List.of("plain", "a,b", "a/b", "50%", "ü \uD83D\uDC2B", "..", "a;b?c#d", "\\\"'", "%2C", "");
        for (String sku : skus) {
            String json = sku.replace("\\", "\\\\").replace("\"", "\\\"");
            HttpResponse<String> made =
                    rig.post("/api/tables/lines", "{\"sku\":\"" + json + "\",\"nr\":7,\"quantity\":1}");
            assertEquals(201, made.statusCode(), made.body());
            String address = made.headers().firstValue("Location").orElseThrow();
            assertTrue(address.endsWith(",7"), address);
            HttpResponse<String> row = rig.get(address);
            assertEquals(200, row.statusCode(), sku + " at " + address + ": " + row.body());
            assertTrue(row.body().contains("{\"sku\":\"" + json + "\",\"nr\":7"), row.body());
            assertEquals(204, rig.send("PATCH", address, "{\"quantity\":2}").statusCode());
            assertEquals(204, rig.send("DELETE", address, null).statusCode());
        }
        assertProblem(rig.get("/api/tables/lines/a"), 400);
        assertProblem(rig.get("/api/tables/lines/a,b,7"), 400);
        assertProblem(rig.get("/api/tables/lines/a,b"), 400);
        assertProblem(rig.get("/api/tables/keyless/1"), 400);
    }

    @Test
    void postMergesOrIgnoresWhatIsThereWhereAsked() {
        insert(1, "\"a\"", "1");
        assertProblem(rig.post(ORDERS, "{\"id\":1,\"customer\":\"b\"}"), 409);
        HttpResponse<String> merged = rig.post(
                ORDERS,
                "{\"id\":1,\"customer\":\"b\"}",
                "Prefer",
                "resolution=merge-duplicates, return=representation");
        assertEquals(201, merged.statusCode(), merged.body());
        assertTrue(merged.body().contains("\"customer\":\"b\",\"quantity\":1"), merged.body());
        HttpResponse<String> ignored =
                rig.post(ORDERS, "{\"id\":1,\"customer\":\"c\"}", "Prefer", "resolution=ignore-duplicates");
        assertEquals(201, ignored.statusCode(), ignored.body());
        assertTrue(rig.get(ORDERS + "/1").body().contains("\"customer\":\"b\""));
    }

    @Test
    @DisplayName("invariant 9: a request with an Idempotency-Key is applied once, however often it comes at once")
    void anIdempotencyKeyIsAppliedOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(
                        () -> rig.post(ORDERS, "{\"customer\":\"a\"}", "Idempotency-Key", "once-" + getClass())));
            }
            for (Future<HttpResponse<String>> each : answers) {
                assertEquals(201, each.get().statusCode(), each.get().body());
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, rig.get(ORDERS).body().split("customer", -1).length - 1);
        assertEquals(
                201,
                rig.post(ORDERS, "{\"customer\":\"a\"}", "Idempotency-Key", "other")
                        .statusCode());
        assertEquals(2, rig.get(ORDERS).body().split("customer", -1).length - 1);
        assertProblem(rig.post(ORDERS, "{\"customer\":\"a\"}", "Idempotency-Key", "x".repeat(256)), 400);
    }

    @Test
    @DisplayName("invariant 10: a write is stamped with the party of its key")
    void aWriteIsStampedWithTheKeysParty() {
        String key = rig.keys.create("crm", Set.of("admin")).key();
        HttpResponse<String> made = rig.sendOpen(
                "POST", ORDERS, "{\"customer\":\"a\"}", "Authorization", "Bearer " + key, "BactrianOrigin", "evil");
        assertEquals(201, made.statusCode(), made.body());
        assertEquals(List.of("crm"), database.read(connection -> {
            List<String> seen = new ArrayList<>();
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery("SELECT origin FROM seen")) {
                while (result.next()) {
                    seen.add(result.getString(1));
                }
            }
            return seen;
        }));
    }

    @Test
    void otherDatabasesAreServedUnderTheirNames() {
        assertEquals(200, rig.get("/api/databases/main/tables/orders").statusCode());
        HttpResponse<String> answer = rig.get("/api/databases/mian/tables/orders");
        assertProblem(answer, 404);
        assertTrue(answer.body().contains("near: main"), answer.body());
    }

    @Test
    void aDatabaseThatIsAwayIs503AndSaysWhenToComeAgain() {
        for (String path : List.of("/api/databases/gone/tables", "/api/databases/gone/tables/orders")) {
            HttpResponse<String> answer = rig.get(path);
            assertProblem(answer, 503);
            assertEquals("5", answer.headers().firstValue("Retry-After").orElse(""));
            assertFalse(answer.body().contains("jdbc"), answer.body());
        }
    }

    @Test
    void whateverKeyOrValueComesIsNeverOurFault() {
        Random random = new Random(42);
        List<String> pieces = List.of(
                "%00",
                "%ff",
                "%e2%82",
                ",",
                "1",
                "9".repeat(400),
                "-",
                "1e5",
                "'",
                "%22",
                "%0a",
                "NaN",
                "%F0%9F%90%AB",
                "0x1F",
                "%ef%bf%bf",
                "true",
                "2026-01-01");
        String key = "Authorization: Bearer " + HttpRig.ADMIN_KEY;
        for (int i = 0; i < 150; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(4); n >= 0; n--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            String column = List.of("id", "customer", "quantity", "total", "paid", "big")
                    .get(random.nextInt(6));
            for (String path : List.of(
                    ORDERS + "/" + text,
                    "/api/tables/lines/" + text + ",1",
                    ORDERS + "?" + column + "=eq." + text,
                    "/api/tables/" + text)) {
                String answer = rig.raw("GET", path, key);
                assertTrue(HttpRig.status(answer) < 500, path + ": " + answer);
            }
        }
        List<String> values = List.of(
                "null",
                "true",
                "\"\\u0000\"",
                "\"x\\u0000y\"",
                "1e400",
                "-1e-400",
                "9".repeat(400),
                "[]",
                "[1,[2]]",
                "{}",
                "{\"a\":{}}",
                "\"\"",
                "0.1",
                "\"NaN\"",
                "\"2026-01-01\"",
                "\"" + "x".repeat(5000) + "\"",
                "-0");
        for (String column : List.of("id", "customer", "quantity", "total", "paid", "code", "big")) {
            for (String value : values) {
                String body =
                        "{\"" + column + "\":" + value + (column.equals("customer") ? "" : ",\"customer\":\"a\"") + "}";
                HttpResponse<String> answer = rig.post(ORDERS, body);
                assertTrue(answer.statusCode() < 500, body + ": " + answer.body());
                HttpResponse<String> merged = rig.post(ORDERS, body, "Prefer", "resolution=merge-duplicates");
                assertTrue(merged.statusCode() < 500, body + ": " + merged.body());
                run("DELETE FROM orders");
            }
        }
    }

    private void insert(int id, String customer, String quantity) {
        HttpResponse<String> made =
                rig.post(ORDERS, "{\"id\":" + id + ",\"customer\":" + customer + ",\"quantity\":" + quantity + "}");
        assertEquals(201, made.statusCode(), made.body());
    }

    private static void assertIds(HttpResponse<String> answer, int... ids) {
        assertIds(answer, 200, ids);
    }

    private static void assertIds(HttpResponse<String> answer, int status, int[] ids) {
        assertEquals(status, answer.statusCode(), answer.body());
        List<String> expected = new ArrayList<>();
        for (int id : ids) {
            expected.add(Integer.toString(id));
        }
        List<String> found = new ArrayList<>();
        var matcher = java.util.regex.Pattern.compile("\"id\":(\\d+)").matcher(answer.body());
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        assertEquals(expected, found, answer.body());
    }
}

package io.bactrian;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.bactrian.testing.Chromium;
import io.bactrian.testing.HookReceiver;
import io.bactrian.testing.HookReceiver.Answer;
import io.bactrian.testing.PlatformProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The console's page Changes, in a real browser over a real platform. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangesPageBrowserIT {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String HOSTILE =
            "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>";
    private static final Pattern SELECTED = Pattern.compile("true");

    private String sqlite = "";
    private HookReceiver receiver;
    private PlatformProcess platform;
    private Chromium chromium;
    private ChangesPage changes;
    private Page page;
    private int orders;

    @BeforeAll
    void start(@TempDir Path folder) throws SQLException {
        sqlite = "jdbc:sqlite:" + folder.resolve("user.db");
        execute(
                "CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, note TEXT, price DECIMAL(10,2), \"constructor\" TEXT)");
        execute("CREATE TABLE lines (sku TEXT, line INTEGER, doc TEXT, PRIMARY KEY (sku, line))");
        receiver = HookReceiver.start(SECRET);
        receiver.answer(
                call -> call.body().contains("\"bad\"") ? Answer.of(422, "no such <b>customer</b>") : Answer.of(200));
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", sqlite);
        configuration.put("bactrian.databases.main.capture.tables", "orders,lines");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        platform = PlatformProcess.in(folder.resolve("platform"), configuration)
                .route("crm.yaml", """
                        - route:
                            id: crm
                            from:
                              uri: "changes:orders?from=earliest&retryQuick=1&retryMax=0"
                              steps:
                                - to: "hook:%s&secret=%s"
                        - route:
                            id: shop
                            from:
                              uri: "changes:orders?from=earliest&origin=admin"
                              steps:
                                - to: "log:shop"
                        """.formatted(receiver.url("/in?key=a-token"), SECRET))
                .start();
        chromium = Chromium.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (platform != null) {
            platform.close();
        }
        receiver.close();
    }

    @BeforeEach
    void openPage() {
        open(1400, 900, ColorScheme.LIGHT);
    }

    @AfterEach
    void nothingWasComplainedOf() {
        changes.close();
        assertEquals(List.of(), changes.complaints());
    }

    private void open(int width, int height, ColorScheme scheme) {
        changes = new ChangesPage(platform, chromium.browser(), width, height, scheme);
        page = changes.page;
    }

    private void execute(String sql, Object... values) throws SQLException {
        try (Connection connection = DriverManager.getConnection(sqlite + "?busy_timeout=10000");
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    /** A new order; gives its id. */
    private int order(String status, String note) throws SQLException {
        orders++;
        execute("INSERT INTO orders (id, status, note, price) VALUES (?, ?, ?, 12.50)", orders, status, note);
        return orders;
    }

    @Test
    void dataNeedsTheKeyWhichStaysInTheTab() throws SQLException {
        page.navigate(platform.url("/console"));
        assertEquals(platform.url("/console/"), page.url());
        assertThat(changes.at("#sign-in")).containsText("data/admin.key");
        assertThat(changes.at("#console")).isHidden();
        changes.fill("#key", "wrong");
        assertThat(changes.at("#sign-in-error")).hasText("This key isn’t valid, or was revoked.");
        changes.fill("#key", "schlüssel");
        assertThat(changes.at("#sign-in-error")).containsText("That isn’t a key");
        changes.fill("#key", PlatformProcess.KEY);
        assertThat(changes.connection()).hasText("live");
        page.reload();
        assertThat(changes.connection()).hasText("live");
        assertEquals("[]", page.evaluate("JSON.stringify(Object.keys(localStorage))"));
        assertEquals("", page.evaluate("document.cookie"));
        changes.at("#sign-out").click();
        assertThat(changes.at("#sign-in")).isVisible();
        assertEquals(0, page.evaluate("sessionStorage.length"));
        page.reload();
        assertThat(changes.at("#sign-in")).isVisible();
    }

    @Test
    void aChangeIsSeenAsItHappensWithWhatItChangedAndWhereItWent() throws Exception {
        changes.signIn("");
        int id = order("new", "The quick brown fox");
        assertThat(changes.row("insert", id)).isVisible();
        execute("UPDATE orders SET status = 'paid', note = 'The quick red fox', \"constructor\" = '' WHERE id = ?", id);
        assertThat(changes.row("update", id)).containsText("status new → paid");
        changes.row("update", id).click();
        assertThat(changes.at("#detail h2")).hasText("orders " + id);
        assertThat(changes.column("status").locator(".side-before")).hasText("new");
        assertThat(changes.column("status").locator(".side-after")).hasText("paid");
        assertThat(changes.column("note").locator("del")).hasText("brown");
        assertThat(changes.column("note").locator("ins")).hasText("red");
        assertThat(changes.column("constructor").locator(".side-before")).hasText("NULL");
        assertThat(changes.column("constructor").locator(".side-after")).hasText("empty text");
        assertThat(changes.at("#detail .more summary").first()).hasText("2 unchanged columns");
        assertThat(changes.column("id").locator(".side-same")).hasText(Integer.toString(id));
        assertThat(changes.column("status").locator("th")).containsText("TEXT");

        assertThat(changes.way("crm").locator(".state")).hasText("delivered");
        assertThat(changes.way("crm").locator(".status")).hasText("200");
        changes.way("crm").locator("summary").click();
        Locator curl = changes.way("crm").locator("[data-command=curl]");
        assertThat(curl.locator("code")).containsText("curl -X POST");
        curl.locator("button").click();
        assertThat(curl.locator("button")).hasText("Copied");
        String copied = (String) page.evaluate("navigator.clipboard.readText()");
        assertEquals(curl.locator("code").textContent(), copied);
        assertTrue(copied.contains("/in?key=") && copied.contains("$SECRET") && !copied.contains("a-token"), copied);
        assertThat(changes.way("crm").locator("[data-command=send]")).containsText("./bactrian send");

        page.getByText("Show the row’s changes").click();
        assertThat(changes.at(".history li")).hasCount(2);
        changes.at(".history button").click();
        assertThat(changes.at("#detail h2")).hasText("orders " + id);
        assertThat(changes.at("#detail .detail-head .op")).hasText("insert");
        page.goBack();
        assertThat(changes.at("#detail")).isHidden();
    }

    @Test
    void whatNeedsSomeoneComesFirstAndADropIsExplained() throws Exception {
        changes.signIn("");
        orders++;
        platform.call("POST", "/api/tables/orders", "{\"id\":" + orders + ",\"status\":\"bad\"}");
        changes.row("insert", orders).click();
        assertThat(changes.way("crm").locator(".state")).hasText("dead letter");
        assertThat(changes.way("crm")).containsText("./bactrian dead-letters retry");
        assertThat(changes.way("crm").locator(".status")).hasText("422");
        changes.way("crm").locator("summary").click();
        assertThat(changes.way("crm").locator(".body")).hasText("no such <b>customer</b>");
        assertThat(changes.way("shop").locator(".state")).hasText("dropped: echo");
        assertThat(changes.way("shop")).containsText("admin wrote it");
        assertThat(changes.at("#ways .way").first()).hasAttribute("data-subscription", "crm");
        assertThat(changes.row("insert", orders).locator(".c-origin")).hasText("admin");
    }

    @Test
    void aFilterIsInTheAddressAndFindsWhatIsOlder() throws Exception {
        int id = order("new", "needle in a haystack");
        execute("INSERT INTO lines VALUES ('A,1', 7, '{\"n\":1}')");
        execute("UPDATE lines SET doc = '{\"n\":2}' WHERE line = 7");
        changes.signIn("");
        assertThat(changes.row("update", "A,1, 7")).isVisible();
        changes.fill("#tables", "lines");
        assertThat(changes.rows().filter(new Locator.FilterOptions().setHasText("orders")))
                .hasCount(0);
        changes.at(".toggle.op-update").click();
        assertThat(changes.row("insert", "A,1, 7")).hasCount(0);
        assertThat(changes.row("update", "A,1, 7")).isVisible();
        assertTrue(page.url().endsWith("?tables=lines&operations=update"), page.url());
        changes.fill("#row-key", "A%2C1,7");
        assertThat(changes.row("update", "A,1, 7")).isVisible();
        changes.row("update", "A,1, 7").click();
        assertThat(changes.column("doc").locator("del")).hasText("1");
        assertThat(changes.column("doc").locator("ins")).hasText("2");
        String address = page.url();
        page.reload();
        assertThat(changes.at("#detail h2")).hasText("lines A,1, 7");
        assertEquals(address, page.url());
        page.getByText("Only this row in the list").click();
        assertTrue(page.url().endsWith("?tables=lines&key=A%252C1,7"), page.url());
        assertThat(changes.row("insert", "A,1, 7")).isVisible();
        page.goBack();
        assertThat(changes.at("#detail h2")).hasText("lines A,1, 7");
        assertThat(changes.at("#row-key")).hasValue("A%2C1,7");
        assertThat(changes.row("insert", "A,1, 7")).hasCount(0);

        changes.at("#clear").click();
        changes.at("#text").fill("NEEDLE in");
        assertThat(changes.row("insert", id)).isVisible();
        assertThat(changes.rows()).hasCount(1);
        changes.at("#text").fill("nothing holds this");
        assertThat(changes.at("#after")).containsText("Nothing fits the filter");
        page.getByText("Clear the filter").click();
        assertThat(changes.row("insert", id)).isVisible();

        changes.fill("#tables", "ordres");
        assertThat(changes.at("#notice")).containsText("near: orders");
        assertThat(changes.connection()).hasText("stopped");
        page.getByText("Clear the filter").click();
        assertThat(changes.connection()).hasText("live");
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        int first = order("one", null);
        int second = order("two", null);
        changes.signIn("?tables=orders&operations=insert");
        assertThat(changes.row("insert", second)).isVisible();
        changes.press("ArrowDown");
        assertThat(changes.row("insert", second)).hasAttribute("aria-selected", SELECTED);
        changes.press("ArrowDown");
        assertThat(changes.row("insert", first)).hasAttribute("aria-selected", SELECTED);
        assertThat(changes.at("#detail")).isHidden();
        changes.press("Enter");
        assertThat(changes.at("#detail h2")).hasText("orders " + first);
        changes.press("Escape");
        assertThat(changes.at("#detail")).isHidden();
        changes.press("/");
        assertThat(changes.at("#text")).isFocused();
        page.keyboard().type("two");
        assertThat(changes.rows()).hasCount(1);
        changes.press("Escape");
        assertThat(changes.row("insert", first)).isVisible();
        changes.press("Escape");
        changes.press("Space");
        assertThat(changes.at("#pause")).hasAttribute("aria-pressed", "true");
        int third = order("three", null);
        assertThat(changes.at("#fresh")).hasText("1 new");
        assertThat(changes.row("insert", third)).hasCount(0);
        changes.press("Space");
        assertThat(changes.row("insert", third)).isVisible();
    }

    @Test
    void everythingFromTheDatabaseIsText() throws Exception {
        changes.signIn("");
        int id = order(HOSTILE, "\u202etxet\u0000 " + "long ".repeat(1000));
        execute("UPDATE orders SET price = 12345678901234.10 WHERE id = ?", id);
        changes.row("insert", id).click();
        assertThat(changes.column("status").locator(".side-after")).hasText(HOSTILE);
        assertThat(changes.column("note").locator(".code").first()).hasText("\\u202e");
        assertFalse(changes.column("note").textContent().contains("\u202e"));
        changes.column("note")
                .getByText(Pattern.compile("show all [0-9,]+ characters"))
                .click();
        assertTrue(changes.column("note").textContent().contains("long ".repeat(900)));
        assertThat(changes.at("#console img, #rows script, #detail script")).hasCount(0);
        assertNotEquals("hacked", page.title());
        changes.at("#text").fill(HOSTILE);
        assertThat(page).hasURL(Pattern.compile("text="));
        assertThat(changes.rows()).not().hasCount(0);
        page.reload();
        assertThat(changes.at("#text")).hasValue(HOSTILE);
        assertThat(changes.column("status").locator(".side-after")).hasText(HOSTILE);
        assertNotEquals("hacked", page.title());
    }

    @Test
    void aBurstLeavesThePageQuickAndOlderOnesCanBeLoaded() throws Exception {
        changes.signIn("?tables=orders");
        int from = orders + 1;
        try (Connection connection = DriverManager.getConnection(sqlite + "?busy_timeout=10000")) {
            for (int each = 0; each < 15; each++) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO orders (id, status) VALUES (?, 'burst')")) {
                    for (int i = 0; i < 100; i++) {
                        orders++;
                        insert.setInt(1, orders);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
                connection.commit();
            }
        }
        assertThat(changes.row("insert", orders))
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
        // Only what is in sight is in the page.
        assertTrue(changes.rows().count() < 120);
        assertThat(changes.at("#summary")).hasText("1,000 changes");
        changes.press("End");
        changes.press("End");
        assertThat(changes.at("#summary")).not().hasText("1,000 changes");
        for (int i = 0; i < 20 && changes.row("insert", from).count() == 0; i++) {
            changes.press("End");
            page.waitForTimeout(300);
        }
        assertThat(changes.row("insert", from)).hasCount(1);
        order("newest", null);
        assertThat(changes.at("#fresh")).hasText("1 new");
        changes.at("#fresh").click();
        assertThat(changes.row("insert", orders)).isVisible();
    }

    @Test
    void afterTheConnectionBrokeItGoesOnWhereItWas() throws Exception {
        int before = order("before", null);
        changes.signIn("");
        assertThat(changes.row("insert", before)).isVisible();
        platform.stop();
        assertThat(changes.connection()).hasText("reconnecting");
        int meanwhile = order("meanwhile", null);
        platform.start();
        assertThat(changes.connection()).hasText("live", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
        assertThat(changes.row("insert", meanwhile)).hasCount(1);
        assertThat(changes.row("insert", before)).hasCount(1);
        int after = order("after", null);
        assertThat(changes.row("insert", after)).isVisible();
    }

    @Test
    void itIsDarkWhereTheReaderIsAndFitsANarrowScreen() throws Exception {
        int id = order("new", null);
        execute("UPDATE orders SET status = 'paid' WHERE id = ?", id);
        changes.signIn("");
        String light = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
        changes.close();
        assertEquals(List.of(), changes.complaints());
        open(380, 780, ColorScheme.DARK);
        changes.signIn("");
        assertNotEquals(light, page.evaluate("getComputedStyle(document.body).backgroundColor"));
        assertThat(changes.row("update", id)).isVisible();
        assertEquals(380, page.evaluate("document.documentElement.scrollWidth"));
        changes.at("#filter-toggle").click();
        assertThat(changes.at("#tables")).isVisible();
        changes.row("update", id).click();
        assertThat(changes.column("status").locator(".side-after")).isVisible();
        assertEquals(380, page.evaluate("document.documentElement.scrollWidth"));
        assertEquals(
                page.evaluate("document.querySelector('#detail').clientWidth"),
                page.evaluate("document.querySelector('#detail').scrollWidth"));
        page.getByLabel("Close").click();
        assertThat(changes.row("update", id)).isVisible();
    }
}

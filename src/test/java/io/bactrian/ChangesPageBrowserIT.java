package io.bactrian;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
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
import java.util.concurrent.CopyOnWriteArrayList;
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

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private String sqlite = "";
    private HookReceiver receiver;
    private PlatformProcess platform;
    private Chromium chromium;
    private BrowserContext context;
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
        context.close();
        assertEquals(List.of(), complaints);
    }

    private void open(int width, int height, ColorScheme scheme) {
        context = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(scheme)
                        .setPermissions(List.of("clipboard-read", "clipboard-write")));
        context.setDefaultTimeout(20_000);
        page = context.newPage();
        // A violation of the Content-Security-Policy is an error here; an answer such as 401 is told too, and expected.
        page.onConsoleMessage(message -> {
            if (!message.type().equals("log") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    private void signIn(String address) {
        page.navigate(platform.url("/console/" + address));
        page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true))
                .first()
                .fill(PlatformProcess.KEY);
        page.keyboard().press("Enter");
        assertThat(page.locator("#connection")).hasText("live");
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

    private Locator row(String operation, Object key) {
        return page.locator("#rows .row.op-" + operation)
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(
                                ".c-key",
                                new Page.LocatorOptions()
                                        .setHasText(Pattern.compile("^" + Pattern.quote(key.toString()) + "$")))));
    }

    private Locator column(String name) {
        return page.locator("#detail tr[data-column='" + name + "']");
    }

    private Locator way(String subscription) {
        return page.locator("#ways .way[data-subscription='" + subscription + "']");
    }

    @Test
    void dataNeedsTheKeyWhichStaysInTheTab() throws SQLException {
        page.navigate(platform.url("/console"));
        assertEquals(platform.url("/console/"), page.url());
        assertThat(page.locator("#sign-in")).containsText("data/admin.key");
        assertThat(page.locator("#console")).isHidden();
        page.locator("#key").fill("wrong");
        page.keyboard().press("Enter");
        assertThat(page.locator("#sign-in-error")).hasText("This key isn’t valid, or was revoked.");
        page.locator("#key").fill("schlüssel");
        page.keyboard().press("Enter");
        assertThat(page.locator("#sign-in-error")).containsText("That isn’t a key");
        page.locator("#key").fill(PlatformProcess.KEY);
        page.keyboard().press("Enter");
        assertThat(page.locator("#connection")).hasText("live");
        page.reload();
        assertThat(page.locator("#connection")).hasText("live");
        assertEquals("[]", page.evaluate("JSON.stringify(Object.keys(localStorage))"));
        assertEquals("", page.evaluate("document.cookie"));
        page.locator("#sign-out").click();
        assertThat(page.locator("#sign-in")).isVisible();
        assertEquals(0, page.evaluate("sessionStorage.length"));
        page.reload();
        assertThat(page.locator("#sign-in")).isVisible();
    }

    @Test
    void aChangeIsSeenAsItHappensWithWhatItChangedAndWhereItWent() throws Exception {
        signIn("");
        int id = order("new", "The quick brown fox");
        assertThat(row("insert", id)).isVisible();
        execute("UPDATE orders SET status = 'paid', note = 'The quick red fox', \"constructor\" = '' WHERE id = ?", id);
        assertThat(row("update", id)).containsText("status new → paid");
        row("update", id).click();
        assertThat(page.locator("#detail h2")).hasText("orders " + id);
        assertThat(column("status").locator(".side-before")).hasText("new");
        assertThat(column("status").locator(".side-after")).hasText("paid");
        assertThat(column("note").locator("del")).hasText("brown");
        assertThat(column("note").locator("ins")).hasText("red");
        assertThat(column("constructor").locator(".side-before")).hasText("NULL");
        assertThat(column("constructor").locator(".side-after")).hasText("empty text");
        assertThat(page.locator("#detail .more summary").first()).hasText("2 unchanged columns");
        assertThat(column("id").locator(".side-same")).hasText(Integer.toString(id));
        assertThat(column("status").locator("th")).containsText("TEXT");

        assertThat(way("crm").locator(".state")).hasText("delivered");
        assertThat(way("crm").locator(".status")).hasText("200");
        way("crm").locator("summary").click();
        Locator curl = way("crm").locator("[data-command=curl]");
        assertThat(curl.locator("code")).containsText("curl -X POST");
        curl.locator("button").click();
        assertThat(curl.locator("button")).hasText("Copied");
        String copied = (String) page.evaluate("navigator.clipboard.readText()");
        assertEquals(curl.locator("code").textContent(), copied);
        assertTrue(copied.contains("/in?key=") && copied.contains("$SECRET") && !copied.contains("a-token"), copied);
        assertThat(way("crm").locator("[data-command=send]")).containsText("./bactrian send");

        page.getByText("Show the row’s changes").click();
        assertThat(page.locator(".history li")).hasCount(2);
        page.locator(".history button").click();
        assertThat(page.locator("#detail h2")).hasText("orders " + id);
        assertThat(page.locator("#detail .detail-head .op")).hasText("insert");
        page.goBack();
        assertThat(page.locator("#detail")).isHidden();
    }

    @Test
    void whatNeedsSomeoneComesFirstAndADropIsExplained() throws Exception {
        signIn("");
        orders++;
        platform.call("POST", "/api/tables/orders", "{\"id\":" + orders + ",\"status\":\"bad\"}");
        row("insert", orders).click();
        assertThat(way("crm").locator(".state")).hasText("dead letter");
        assertThat(way("crm")).containsText("./bactrian dead-letters retry");
        assertThat(way("crm").locator(".status")).hasText("422");
        way("crm").locator("summary").click();
        assertThat(way("crm").locator(".body")).hasText("no such <b>customer</b>");
        assertThat(way("shop").locator(".state")).hasText("dropped: echo");
        assertThat(way("shop")).containsText("admin wrote it");
        assertThat(page.locator("#ways .way").first()).hasAttribute("data-subscription", "crm");
        assertThat(row("insert", orders).locator(".c-origin")).hasText("admin");
    }

    @Test
    void aFilterIsInTheAddressAndFindsWhatIsOlder() throws Exception {
        int id = order("new", "needle in a haystack");
        execute("INSERT INTO lines VALUES ('A,1', 7, '{\"n\":1}')");
        execute("UPDATE lines SET doc = '{\"n\":2}' WHERE line = 7");
        signIn("");
        assertThat(row("update", "A,1, 7")).isVisible();
        page.locator("#tables").fill("lines");
        page.keyboard().press("Enter");
        assertThat(page.locator("#rows .row").filter(new Locator.FilterOptions().setHasText("orders")))
                .hasCount(0);
        page.getByText("update", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        assertThat(row("insert", "A,1, 7")).hasCount(0);
        assertThat(row("update", "A,1, 7")).isVisible();
        assertTrue(page.url().endsWith("?tables=lines&operations=update"), page.url());
        page.locator("#row-key").fill("A%2C1,7");
        page.keyboard().press("Enter");
        assertThat(row("update", "A,1, 7")).isVisible();
        row("update", "A,1, 7").click();
        assertThat(column("doc").locator("del")).hasText("1");
        assertThat(column("doc").locator("ins")).hasText("2");
        String address = page.url();
        page.reload();
        assertThat(page.locator("#detail h2")).hasText("lines A,1, 7");
        assertEquals(address, page.url());
        page.getByText("Only this row in the list").click();
        assertTrue(page.url().endsWith("?tables=lines&key=A%252C1,7"), page.url());
        assertThat(row("insert", "A,1, 7")).isVisible();

        page.locator("#clear").click();
        page.locator("#text").fill("NEEDLE in");
        assertThat(row("insert", id)).isVisible();
        assertThat(page.locator("#rows .row")).hasCount(1);
        page.locator("#text").fill("nothing holds this");
        assertThat(page.locator("#after")).containsText("Nothing fits the filter");
        page.getByText("Clear the filter").click();
        assertThat(row("insert", id)).isVisible();

        page.locator("#tables").fill("ordres");
        page.keyboard().press("Enter");
        assertThat(page.locator("#notice")).containsText("near: orders");
        assertThat(page.locator("#connection")).hasText("stopped");
        page.getByText("Clear the filter").click();
        assertThat(page.locator("#connection")).hasText("live");
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        int first = order("one", null);
        int second = order("two", null);
        signIn("?tables=orders&operations=insert");
        assertThat(row("insert", second)).isVisible();
        page.keyboard().press("ArrowDown");
        assertThat(row("insert", second)).hasAttribute("aria-selected", SELECTED);
        page.keyboard().press("ArrowDown");
        assertThat(row("insert", first)).hasAttribute("aria-selected", SELECTED);
        assertThat(page.locator("#detail")).isHidden();
        page.keyboard().press("Enter");
        assertThat(page.locator("#detail h2")).hasText("orders " + first);
        page.keyboard().press("Escape");
        assertThat(page.locator("#detail")).isHidden();
        page.keyboard().press("/");
        assertThat(page.locator("#text")).isFocused();
        page.keyboard().type("two");
        assertThat(page.locator("#rows .row")).hasCount(1);
        page.keyboard().press("Escape");
        assertThat(row("insert", first)).isVisible();
        page.keyboard().press("Escape");
        page.keyboard().press("Space");
        assertThat(page.locator("#pause")).hasAttribute("aria-pressed", "true");
        int third = order("three", null);
        assertThat(page.locator("#fresh")).hasText("1 new");
        assertThat(row("insert", third)).hasCount(0);
        page.keyboard().press("Space");
        assertThat(row("insert", third)).isVisible();
    }

    @Test
    void everythingFromTheDatabaseIsText() throws Exception {
        signIn("");
        int id = order(HOSTILE, "\u202etxet\u0000 " + "long ".repeat(1000));
        execute("UPDATE orders SET price = 12345678901234.10 WHERE id = ?", id);
        row("insert", id).click();
        assertThat(column("status").locator(".side-after")).hasText(HOSTILE);
        assertThat(column("note").locator(".code").first()).hasText("\\u202e");
        assertFalse(column("note").textContent().contains("\u202e"));
        column("note").getByText(Pattern.compile("show all [0-9,]+ characters")).click();
        assertTrue(column("note").textContent().contains("long ".repeat(900)));
        assertThat(page.locator("#console img, #rows script, #detail script")).hasCount(0);
        assertNotEquals("hacked", page.title());
        page.locator("#text").fill(HOSTILE);
        assertThat(page.locator("#rows .row")).not().hasCount(0);
        page.reload();
        assertThat(page.locator("#text")).hasValue(HOSTILE);
        assertThat(column("status").locator(".side-after")).hasText(HOSTILE);
        assertNotEquals("hacked", page.title());
    }

    @Test
    void aBurstLeavesThePageQuickAndOlderOnesCanBeLoaded() throws Exception {
        signIn("?tables=orders");
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
        assertThat(row("insert", orders)).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
        // Only what is in sight is in the page.
        assertTrue(page.locator("#rows .row").count() < 120);
        assertThat(page.locator("#summary")).hasText("1,000 changes");
        page.keyboard().press("End");
        page.keyboard().press("End");
        assertThat(page.locator("#summary")).not().hasText("1,000 changes");
        for (int i = 0; i < 20 && row("insert", from).count() == 0; i++) {
            page.keyboard().press("End");
            page.waitForTimeout(300);
        }
        assertThat(row("insert", from)).hasCount(1);
        order("newest", null);
        assertThat(page.locator("#fresh")).hasText("1 new");
        page.locator("#fresh").click();
        assertThat(row("insert", orders)).isVisible();
    }

    @Test
    void afterTheConnectionBrokeItGoesOnWhereItWas() throws Exception {
        int before = order("before", null);
        signIn("");
        assertThat(row("insert", before)).isVisible();
        platform.stop();
        assertThat(page.locator("#connection")).hasText("reconnecting");
        int meanwhile = order("meanwhile", null);
        platform.start();
        assertThat(page.locator("#connection"))
                .hasText("live", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
        assertThat(row("insert", meanwhile)).hasCount(1);
        assertThat(row("insert", before)).hasCount(1);
        int after = order("after", null);
        assertThat(row("insert", after)).isVisible();
    }

    @Test
    void itIsDarkWhereTheReaderIsAndFitsANarrowScreen() throws Exception {
        int id = order("new", null);
        execute("UPDATE orders SET status = 'paid' WHERE id = ?", id);
        signIn("");
        String light = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
        context.close();
        open(380, 780, ColorScheme.DARK);
        signIn("");
        assertNotEquals(light, page.evaluate("getComputedStyle(document.body).backgroundColor"));
        assertThat(row("update", id)).isVisible();
        assertEquals(380, page.evaluate("document.documentElement.scrollWidth"));
        page.getByText("Filter", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator("#tables")).isVisible();
        row("update", id).click();
        assertThat(column("status").locator(".side-after")).isVisible();
        assertEquals(380, page.evaluate("document.documentElement.scrollWidth"));
        assertEquals(
                page.evaluate("document.querySelector('#detail').clientWidth"),
                page.evaluate("document.querySelector('#detail').scrollWidth"));
        page.getByLabel("Close").click();
        assertThat(row("update", id)).isVisible();
    }
}

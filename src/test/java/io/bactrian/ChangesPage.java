package io.bactrian;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.bactrian.testing.PlatformProcess;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** The console's page Changes, open in a browser: its parts by what they show. */
final class ChangesPage implements AutoCloseable {
    private static final double PATIENCE_MILLIS = 20_000;

    private final PlatformProcess platform;
    private final BrowserContext context;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    final Page page;

    ChangesPage(PlatformProcess platform, Browser browser, int width, int height, ColorScheme scheme) {
        this.platform = platform;
        context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        page = context.newPage();
        // A violation of the Content-Security-Policy is an error here; an answer such as 401 is told too, and expected.
        page.onConsoleMessage(message -> {
            if (!message.type().equals("log") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    /** What the browser complained of: errors of scripts, violations of the policy. */
    List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {
        context.close();
    }

    /** @param query of the page's address */
    void signIn(String query) {
        page.navigate(platform.url("/console/" + query));
        fill("#key", PlatformProcess.KEY);
        assertThat(connection()).hasText("live");
    }

    /** Types into a field, and presses Enter. */
    void fill(String field, String text) {
        page.locator(field).fill(text);
        page.locator(field).press("Enter");
    }

    Locator at(String selector) {
        return page.locator(selector);
    }

    Locator connection() {
        return at("#connection");
    }

    Locator rows() {
        return at("#rows .row");
    }

    /** The list's line of a change, by its operation and its key as it is shown. */
    Locator row(String operation, Object key) {
        Locator itsKey = page.locator(".c-key", new Page.LocatorOptions().setHasText(Pattern.compile("^" + key + "$")));
        return at("#rows .row.op-" + operation).filter(new Locator.FilterOptions().setHas(itsKey));
    }

    Locator column(String name) {
        return at("#detail tr[data-column='" + name + "']");
    }

    Locator way(String subscription) {
        return at("#ways .way[data-subscription='" + subscription + "']");
    }

    void press(String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }
}

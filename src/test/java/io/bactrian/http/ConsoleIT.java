package io.bactrian.http;

import static io.bactrian.http.HookEndpointIT.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The console's files as they are served. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
    private static final Path FILES = Path.of("target/classes/console");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private HttpRig rig;

    @BeforeAll
    void start(@TempDir Path data) {
        rig = new HttpRig(data);
    }

    @AfterAll
    void stop() {
        rig.close();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList();
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void everyFileIsServedWithItsTypeAndTheStrictHeaders() throws IOException {
        for (Path file : files()) {
            String name = file.getFileName().toString();
            HttpResponse<String> answer = rig.sendOpen("GET", "/console/" + name, null);
            assertEquals(200, answer.statusCode(), name);
            assertEquals(Files.readString(file), answer.body(), name);
            assertEquals(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), header(answer, "Content-Type"), name);
            assertEquals("no-cache", header(answer, "Cache-Control"), name);
            assertEquals("nosniff", header(answer, "X-Content-Type-Options"), name);
            assertEquals("no-referrer", header(answer, "Referrer-Policy"), name);
            String policy = header(answer, "Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
            assertTrue(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
        }
        assertEquals(
                Files.readString(FILES.resolve("index.html")),
                rig.sendOpen("GET", "/console/?tables=orders", null).body());
    }

    @Test
    void thePagesHoldNoInlineScriptOrStyleAndNameOnlyFilesThatAreThere() throws IOException {
        Pattern named = Pattern.compile("(?:src=|href=|from )\"(?!#|\\./\")(?:\\./)?([^\"]+)\"");
        for (Path file : files()) {
            String text = Files.readString(file);
            assertFalse(Pattern.compile("<script(?![^>]* src=)").matcher(text).find(), file::toString);
            assertFalse(
                    Pattern.compile("<style|\\sstyle=|\\son[a-z]+=\"")
                            .matcher(text)
                            .find(),
                    file::toString);
            assertFalse(
                    Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(")
                            .matcher(text)
                            .find(),
                    file::toString);
            Matcher names = named.matcher(text);
            while (names.find()) {
                assertTrue(Files.exists(FILES.resolve(names.group(1))), file + " names " + names.group(1));
            }
        }
    }

    @Test
    void whatABrowserHasAlreadyIsNotSentAgain() {
        HttpResponse<String> first = rig.sendOpen("GET", "/console/app.js", null);
        String tag = header(first, "ETag");
        assertTrue(tag.matches("\"[0-9a-f]{24}\""), tag);
        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            HttpResponse<String> again = rig.sendOpen("GET", "/console/app.js", null, "If-None-Match", known);
            assertEquals(304, again.statusCode(), known);
            assertEquals("", again.body());
            assertEquals(tag, header(again, "ETag"));
        }
        assertEquals(
                200,
                rig.sendOpen("GET", "/console/api.js", null, "If-None-Match", tag)
                        .statusCode());
    }

    @Test
    void headTellsTheSameWithoutTheBody() {
        HttpResponse<String> whole = rig.sendOpen("GET", "/console/", null);
        HttpResponse<String> head = rig.sendOpen("HEAD", "/console/", null);
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(header(whole, "ETag"), header(head, "ETag"));
        assertEquals(header(whole, "Content-Length"), header(head, "Content-Length"));
    }

    @Test
    void theAddressWithoutASlashLeadsToThePage() {
        HttpResponse<String> answer = rig.sendOpen("GET", "/console?tables=orders", null);
        assertEquals(308, answer.statusCode());
        assertEquals("console/?tables=orders", header(answer, "Location"));
    }

    @Test
    void nothingElseIsThereWhateverThePathSays() {
        assertProblem(rig.sendOpen("GET", "/console/none.js", null), 404);
        assertProblem(rig.sendOpen("POST", "/console/", "{}"), 405);
        for (String path : List.of(
                "/console/../store/V1__store.sql",
                "/console/%2e%2e/bactrian-version.properties",
                "/console/..%2fbactrian-version.properties",
                "/console/..%5cbactrian-version.properties",
                "/console/%2e%2e%2fdemo/demo.sql",
                "/console//app.js",
                "/console/app.js/",
                "/console/./../../etc/passwd",
                "/console/app.js%00.html",
                "/console/../console/../api/keys",
                "/Console/app.js",
                "/consoles")) {
            String answer = rig.raw("GET", path);
            int status = HttpRig.status(answer);
            assertTrue(status == 400 || status == 401 || status == 404, path + ": " + answer);
        }
    }
}

package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Standard Webhooks against a library of another language: npm's {@code standardwebhooks} verifies what we send, and
 * what it signs we accept. It needs node and npm, and fails without them.
 */
@Tag("full")
class StandardWebhooksNpmIT {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final Path SOURCES = Path.of("src/test/npm");
    private static final Path FOLDER = Path.of("target/npm");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private String url = "";

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "verify.mjs")) {
            Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = FOLDER.resolve("npm.log").toAbsolutePath();
        Process npm = started("npm", "ci", "--no-audit", "--no-fund")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = npm.waitFor(3, TimeUnit.MINUTES);
        if (!ended) {
            npm.destroyForcibly();
        }
        if (!ended || npm.exitValue() != 0) {
            fail("npm ci in " + FOLDER + " couldn't install standardwebhooks (it needs npm's registry): "
                    + Files.readString(log));
        }
    }

    @Test
    @DisplayName("the foreign library verifies what we send")
    void theForeignLibraryVerifiesWhatWeSend() throws Exception {
        Process node = started("node", "verify.mjs", "receive", SECRET)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = node.inputReader()) {
            int port = next(lines).get("port").asInt();
            try (PlatformProcess platform = platform(port).start()) {
                execute("INSERT INTO orders VALUES (1, 'Grüße 🐪')");
                execute("UPDATE orders SET item = 'a\"b\\\n' WHERE id = 1");
                execute("DELETE FROM orders WHERE id = 1");
                List<String> operations = new ArrayList<>();
                for (int call = 0; call < 3; call++) {
                    JsonNode seen = next(lines);
                    assertTrue(seen.get("verified").asBoolean(), seen + "\n" + platform.output());
                    assertTrue(seen.get("tamperedIsRefused").asBoolean(), seen::toString);
                    assertEquals(
                            seen.get("id").asText(),
                            seen.get("payload").get("id").asText());
                    operations.add(
                            seen.get("payload").get("data").get("operation").asText());
                }
                assertEquals(List.of("insert", "update", "delete"), operations);
            }
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    @DisplayName("we accept what the foreign library signs, once, and nothing that was altered, is old or another's")
    void weAcceptWhatTheForeignLibrarySigns() throws Exception {
        try (PlatformProcess platform = platform(FreePorts.next()).start()) {
            Process node = started("node", "verify.mjs", "send", SECRET, platform.url("/hooks/in"))
                    .redirectErrorStream(true)
                    .start();
            Map<String, Integer> statuses = new LinkedHashMap<>();
            try (BufferedReader lines = node.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode seen = JSON.readTree(line);
                    statuses.put(seen.get("name").asText(), seen.get("status").asInt() / 100);
                }
            } finally {
                node.destroyForcibly();
            }
            assertEquals(
                    "{signed=2, again=2, late=2, both=2, tampered=4, renamed=4, old=4, early=4, foreign=4}",
                    statuses.toString(),
                    platform::output);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> messages().equals(List.of("both Grüße 🐪", "late Grüße 🐪", "signed Grüße 🐪")));
        }
    }

    private PlatformProcess platform(int receiver) throws SQLException {
        url = "jdbc:sqlite:" + folder.resolve("user.db");
        execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)");
        execute("CREATE TABLE IF NOT EXISTS received (message TEXT NOT NULL, name TEXT NOT NULL)");
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.capture.tables", "orders");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder.resolve("platform"), configuration)
                .route("both.yaml", """
                - route:
                    id: out
                    from:
                      uri: changes:orders
                      steps:
                        - to: hook:http://127.0.0.1:%d/in?secret=%s
                - route:
                    id: in
                    from:
                      uri: hook:in
                      parameters:
                        secret: %s
                      steps:
                        - to: table:received?operation=insert
                """.formatted(receiver, SECRET, SECRET));
    }

    /** A command in the folder; npm and node must be there. */
    private static ProcessBuilder started(String... command) {
        try {
            Process version = new ProcessBuilder(command[0], "--version")
                    .redirectErrorStream(true)
                    .start();
            version.getInputStream().readAllBytes();
            if (version.waitFor() == 0) {
                return new ProcessBuilder(command).directory(FOLDER.toFile());
            }
        } catch (IOException e) {
            // The same as one that doesn't work.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return fail("'" + command[0]
                + "' doesn't run here: this test of the full profile needs Node.js 18 or newer, with npm");
    }

    private static JsonNode next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        assertNotNull(line, "node ended");
        return JSON.readTree(line);
    }

    private List<String> messages() throws SQLException {
        List<String> messages = new ArrayList<>();
        try (Connection connection = connect();
                var result = connection
                        .createStatement()
                        .executeQuery("SELECT message || ' ' || name FROM received ORDER BY 1")) {
            while (result.next()) {
                messages.add(result.getString(1));
            }
        }
        return messages;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url + "?busy_timeout=10000");
    }
}

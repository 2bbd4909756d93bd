package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.testing.PlatformProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look, check and try, beside one running platform. */
class CommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRIED = """
            <routes>
              <route id="tried">
                <from uri="changes:orders"/>
                <to uri="file:sent"/>
              </route>
            </routes>
            """;

    @TempDir
    Path folder;

    @Test
    void aNewFolderIsCheckedRunTriedAndExamined() throws Exception {
        PlatformProcess platform = PlatformProcess.in(
                folder.resolve("home"),
                Map.of(
                        "bactrian.databases.main.url", "jdbc:sqlite:data/demo.db",
                        "bactrian.databases.main.capture.tables", "orders,customers,inventory"));
        Path shop = folder.resolve("shop");
        initMakesAFolderThatHoldsTogether(platform, shop);
        doctorSaysThatNothingRuns(platform);

        platform.route(
                "all.xml", "<routes><route id=\"all\"><from uri=\"changes:*\"/><to uri=\"log:all\"/></route></routes>");
        try (platform) {
            platform.start();
            assertEquals(
                    204,
                    platform.call("PATCH", "/api/tables/orders/1", "{\"status\":\"paid\"}")
                            .statusCode());
            Awaitility.await().until(() -> position(platform) == 1);
            routesAreTriedWithoutSending(platform);
            doctorFindsAllWell(platform);
            theSimulationLeavesNothing(platform);
        }
    }

    @Test
    void aTrialEndsWhenEverythingHasStarted() throws Exception {
        PlatformProcess platform = PlatformProcess.in(
                folder.resolve("trial"), Map.of("bactrian.databases.main.url", "jdbc:sqlite:demo.db"));
        String told = platform.command(0, "run", "--until-ready");
        assertTrue(told.contains("Ready in"), told);
        assertTrue(told.contains("Stopped"), told);
    }

    private void initMakesAFolderThatHoldsTogether(PlatformProcess platform, Path shop) throws Exception {
        String made = platform.command(0, "init", shop.toString());
        assertTrue(made.contains("run --config " + shop.resolve("config")), made);
        assertTrue(platform.command(1, "init", shop.toString()).contains("--force"));
        String routes = "bactrian.routes.directory=" + shop.resolve("routes") + "\n";
        Path config = shop.resolve("config/application.properties");
        Files.writeString(config, Files.readString(config) + routes);
        JsonNode checked = json(platform.command(
                0,
                "routes",
                "validate",
                "--json",
                "--config",
                shop.resolve("config").toString()));
        assertEquals(3, checked.size(), checked::toString);
        Path wrong = Files.writeString(folder.resolve("wrong.xml"), TRIED.replace("file:sent", "nonsense:sent"));
        String told = platform.command(
                1,
                "routes",
                "validate",
                wrong.toString(),
                "--config",
                shop.resolve("config").toString());
        assertTrue(told.contains("wrong.xml:4: unknown component 'nonsense'"), told);
        assertFalse(Files.exists(platform.folder().resolve("data")), "checking touches no data folder");
    }

    private static void doctorSaysThatNothingRuns(PlatformProcess platform) throws Exception {
        String told = platform.command(0, "doctor");
        assertTrue(told.contains("not running"), told);
        assertTrue(told.contains("made at the first start"), told);
        assertFalse(Files.exists(platform.folder().resolve("data/demo.db")));
    }

    private void routesAreTriedWithoutSending(PlatformProcess platform) throws Exception {
        Path file = Files.writeString(folder.resolve("tried.xml"), TRIED);
        String told = platform.command(0, "routes", "try", file.toString(), "--last", "5");
        assertTrue(told.contains("→ file:"), told);
        assertTrue(told.contains("\"status\":\"paid\""), told);
        JsonNode report = json(platform.command(0, "routes", "try", file.toString(), "--json"));
        assertEquals(1, report.at("/tried/0/deliveries").size(), report::toString);
        assertFalse(Files.exists(platform.folder().resolve("sent")));
        assertFalse(Files.exists(Path.of("sent")));
        String subscriptions = platform.call("GET", "/api/subscriptions", null).body();
        assertFalse(subscriptions.contains("tried"), subscriptions);
        assertEquals(
                400,
                platform.call("POST", "/api/routes/try", "{\"file\":\"a.xml\"}").statusCode());
    }

    private static void doctorFindsAllWell(PlatformProcess platform) throws Exception {
        JsonNode found = json(platform.command(0, "doctor", "--json"));
        assertTrue(found.path("running").asBoolean(), found::toString);
        for (String subject : new String[] {
            "java",
            "data",
            "database main",
            "capture main",
            "collector main",
            "journal main",
            "subscription all",
            "routes/all.xml"
        }) {
            assertTrue(
                    found.path("findings").findValuesAsText("subject").contains(subject), () -> subject + " " + found);
        }
    }

    /** Neither the journal, nor a route, nor the database hears of it. */
    private static void theSimulationLeavesNothing(PlatformProcess platform) throws Exception {
        JsonNode found = json(platform.command(0, "doctor", "--simulate", "--json"));
        JsonNode simulation = found.at("/simulations/0");
        assertTrue(simulation.path("ok").asBoolean(), simulation::toString);
        assertTrue(simulation.toString().contains("trigger orders"), simulation::toString);
        assertEquals(1, position(platform));
        try (Connection database = DriverManager.getConnection(
                        "jdbc:sqlite:" + platform.folder().resolve("data/demo.db"));
                var statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM bactrian_change WHERE operation = 'p'")) {
            assertEquals(0, row.getInt(1));
        }
        // The way is open as before.
        assertEquals(
                204,
                platform.call("PATCH", "/api/tables/orders/1", "{\"status\":\"sent\"}")
                        .statusCode());
        Awaitility.await().until(() -> position(platform) == 2);
    }

    private static long position(PlatformProcess platform) throws Exception {
        return JSON.readTree(
                        platform.call("GET", "/api/subscriptions/all", null).body())
                .path("position")
                .asLong();
    }

    /** The last line; what is logged stands before. */
    private static JsonNode json(String printed) throws Exception {
        String[] lines = printed.strip().split("\n");
        return JSON.readTree(lines[lines.length - 1]);
    }
}

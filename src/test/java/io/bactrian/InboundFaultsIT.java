package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.testing.Faults;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.SignedCalls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are wrong are told so by status and problem, and leave nothing behind. */
class InboundFaultsIT {
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String OTHER_SECRET = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    @TempDir
    Path folder;

    @Test
    @DisplayName("invariant 17: a call that isn't right changes nothing")
    void aCallThatIsntRightChangesNothing() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("user.db");
        try (Connection user = DriverManager.getConnection(url);
                PlatformProcess platform = platform(url)) {
            user.createStatement().execute("PRAGMA busy_timeout = 10000");
            user.createStatement().execute("CREATE TABLE received (id INTEGER PRIMARY KEY, text TEXT)");
            platform.start();
            SignedCalls signed = new SignedCalls(SECRET);
            String in = platform.url("/hooks/in");

            assertEquals(401, new SignedCalls(OTHER_SECRET).status(in, "wrong", "{\"id\":1,\"text\":\"forged\"}"));
            assertProblem(401, post(in, "{\"id\":2,\"text\":\"unsigned\"}"));
            assertEquals(413, signed.status(in, "large", "{\"id\":3,\"text\":\"" + "x".repeat(5000) + "\"}"));
            assertEquals(400, signed.status(in, "malformed", "{\"id\":4,"));
            assertEquals(404, signed.status(platform.url("/hooks/unknown"), "unknown", "{\"id\":5}"));
            assertProblem(404, post(platform.url("/hooks/unknown"), "{}"));
            assertProblem(401, post(platform.url("/api/tables/received"), "{\"id\":6}"));
            assertProblem(400, platform.call("POST", "/api/tables/received", "{\"id\":7,"));
            // Large enough to be refused, small enough that the server reads it all before it closes the connection.
            assertProblem(
                    413, platform.call("POST", "/api/tables/received", "{\"text\":\"" + "x".repeat(4 << 20) + "\"}"));
            assertProblem(400, platform.call("POST", "/api/tables/received", "{\"id\":8,\"colour\":\"red\"}"));
            assertProblem(404, platform.call("GET", "/api/tables/nonsense", null));
            assertEquals(0, count(user), platform.output());

            assertEquals(200, signed.status(in, "right", "{\"id\":9,\"text\":\"right\"}") / 100 * 100);
            assertEquals(1, count(user), platform.output());
            assertEquals(List.of(), Faults.stackTraces(platform.output()));
        }
    }

    private static PlatformProcess platform(Path folder, String url) {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("bactrian.databases.main.url", url);
        configuration.put("bactrian.databases.main.capture.tables", "received");
        configuration.put("bactrian.databases.main.capture.install", "auto");
        return PlatformProcess.in(folder.resolve("platform"), configuration).route("in.yaml", """
                - route:
                    id: in
                    from:
                      uri: hook:in?maxSize=4KiB&secret=%s
                      steps:
                        - to: table:received
                """.formatted(SECRET));
    }

    private PlatformProcess platform(String url) {
        return platform(folder, url);
    }

    private static void assertProblem(int status, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(
                answer.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json"),
                () -> answer.headers() + answer.body());
    }

    private static HttpResponse<String> post(String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static int count(Connection user) throws Exception {
        try (var statement = user.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM received")) {
            result.next();
            return result.getInt(1);
        }
    }
}

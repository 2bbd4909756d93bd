package io.bactrian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bactrian.testing.Faults;
import io.bactrian.testing.PairOfDatabases;
import io.bactrian.testing.PlatformProcess;
import io.bactrian.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two databases kept the same by batches of changes, both ways, under load and through faults. */
class PairsIT {
    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "invariants 1, 3, 10, 13: twenty writers on each side converge without an echo, PostgreSQL and PostgreSQL")
    void twoPostgresqlsConverge() throws Exception {
        converges(twoPostgresqls(), SHORT, 300);
    }

    @Test
    @DisplayName("invariants 1, 3, 10, 13: twenty writers on each side converge without an echo, PostgreSQL and SQLite")
    void postgresqlAndSqliteConverge() throws Exception {
        converges(postgresqlAndSqlite(), SHORT, 300);
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 3, 10, 13: the same for a minute, PostgreSQL and PostgreSQL")
    void twoPostgresqlsConvergeForAMinute() throws Exception {
        converges(twoPostgresqls(), LONG, 1_000);
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 3, 10, 13: the same for a minute, PostgreSQL and SQLite")
    void postgresqlAndSqliteConvergeForAMinute() throws Exception {
        converges(postgresqlAndSqlite(), LONG, 1_000);
    }

    @Test
    @DisplayName("invariants 3, 4, 7: rows that the target refuses are dead letters, the rest is there, in order")
    void halfABatchBreaksARule() throws Exception {
        PairOfDatabases pair = twoPostgresqls();
        pair.execute("other", "ALTER TABLE items ADD CHECK (name <> 'bad')");
        pair.execute("other", "CREATE TABLE seen (at bigserial, id bigint)");
        pair.execute("other", """
                CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO seen (id) VALUES (NEW.id); RETURN NEW; END'""");
        pair.execute("other", "CREATE TRIGGER see AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION see()");
        try (PlatformProcess platform = pair.platform(folder.resolve("platform"), 200)) {
            platform.start();
            pair.execute("main", """
                    INSERT INTO items (id, name) SELECT i, CASE WHEN i % 2 = 0 THEN 'bad' ELSE 'good' END
                    FROM generate_series(1, 100) AS i""");
            Faults.awaiting(platform).until(() -> letters(platform).size() == 50);
            Faults.awaiting(platform).until(() -> pair.rows("other").size() == 50);
            assertEquals(
                    "2",
                    letters(platform).get(49).path("change").path("subject").asText());
            pair.execute(
                    "other",
                    "DO $$ BEGIN ASSERT (SELECT array_agg(id ORDER BY at) = array_agg(id ORDER BY id) FROM seen); END $$");
            pair.execute("main", "INSERT INTO items (id, name) VALUES (1000, 'good')");
            Faults.awaiting(platform).until(() -> pair.rows("other").containsKey("item 1000"));
        }
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 4, 6: a target that is gone for a while gets everything, and there is no dead letter")
    void theTargetIsGoneForAWhile() throws Exception {
        String gone = PostgresServer.newDatabase();
        String name = gone.substring(gone.lastIndexOf('/') + 1);
        PairOfDatabases pair = new PairOfDatabases(PostgresServer.newDatabase(), gone);
        try (PlatformProcess platform = pair.platform(folder.resolve("platform"), 200)) {
            platform.start();
            pair.execute("main", "INSERT INTO items (id, name) VALUES (1, 'before')");
            Faults.awaiting(platform).until(() -> pair.rows("other").size() == 1);
            PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
            PostgresServer.execute(
                    "postgres",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
            pair.execute(
                    "main", "INSERT INTO items (id, name) SELECT i, 'meanwhile' FROM generate_series(2, 2000) AS i");
            Faults.awaiting(platform)
                    .until(() -> Faults.json(platform, "/api/subscriptions/main-to-other")
                                    .path("parked")
                                    .asInt()
                            > 0);
            PostgresServer.execute("postgres", "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
            Faults.awaiting(platform).until(() -> pair.rows("other").size() == 2000);
            assertEquals(0, letters(platform).size());
        }
    }

    @Test
    @Tag("full")
    @DisplayName("invariants 1, 4, 5: kill -9 in the middle, three times, loses nothing and makes no echo")
    void killedInTheMiddle() throws Exception {
        PairOfDatabases pair = twoPostgresqls();
        try (PlatformProcess platform = pair.platform(folder.resolve("platform"), 300)) {
            platform.start();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                try {
                    pair.write(20, Duration.ofSeconds(20));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < 3; i++) {
                long before = pair.written("main");
                Faults.awaiting(platform).until(() -> pair.written("main") > before + 1_000 || load.isDone());
                platform.kill();
                platform.launch();
                platform.awaitReady();
            }
            load.join();
            Faults.awaiting(platform).untilAsserted(() -> assertEquals(pair.rows("main"), pair.rows("other")));
            // What comes again after a kill may delete a row that rows of a later change refer to
            // (docs/decisions/0009).
            for (JsonNode letter : letters(platform)) {
                assertTrue(letter.path("error").asText().contains("is still referenced"), platform::output);
            }
        }
    }

    private void converges(PairOfDatabases pair, Duration duration, int batch) throws Exception {
        try (PlatformProcess platform = pair.platform(folder.resolve("platform"), batch)) {
            platform.start();
            pair.write(20, duration);
            Faults.awaiting(platform).untilAsserted(() -> assertEquals(pair.rows("main"), pair.rows("other")));
            // Every change of a side was told to the other, and nothing of what that wrote came back.
            Faults.awaiting(platform).untilAsserted(() -> {
                assertEquals(pair.written("main"), delivered(platform, "main-to-other"), "from main to other");
                assertEquals(pair.written("other"), delivered(platform, "other-to-main"), "from other to main");
                assertEquals(0, lag(platform, "main-to-other") + lag(platform, "other-to-main"));
            });
            assertEquals(pair.rows("main"), pair.rows("other"));
            assertEquals(0, letters(platform).size(), () -> platform.output());
            assertTrue(pair.written("main") > 100, () -> pair.written("main") + " changes are too few");
        }
    }

    private static PairOfDatabases twoPostgresqls() {
        return new PairOfDatabases(PostgresServer.newDatabase(), PostgresServer.newDatabase());
    }

    private PairOfDatabases postgresqlAndSqlite() {
        return new PairOfDatabases(PostgresServer.newDatabase(), "jdbc:sqlite:" + folder.resolve("other.db"));
    }

    private static JsonNode letters(PlatformProcess platform) throws Exception {
        return Faults.json(platform, "/api/dead-letters?limit=100");
    }

    private static long lag(PlatformProcess platform, String subscription) throws Exception {
        return Faults.json(platform, "/api/subscriptions/" + subscription)
                .path("lag")
                .asLong();
    }

    private static long delivered(PlatformProcess platform, String subscription) throws Exception {
        return platform.call("GET", "/metrics", null)
                .body()
                .lines()
                .filter(line -> line.contains("delivered") && line.contains("subscription=\"" + subscription + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }
}

package io.bactrian.http;

import static io.bactrian.http.HookEndpointIT.assertProblem;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSettings;
import io.bactrian.subscription.Answer;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.SubscriptionSettings;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeApiIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Answer.Request REQUEST = new Answer.Request(
            "POST",
            "https://crm.example/h?key=$SECRET_KEY",
            List.of("Authorization: Bearer $SECRET_AUTHORIZATION"),
            true,
            "application/cloudevents+json",
            "cloudevents",
            "");

    private Path data;
    private Journal journal;
    private HttpRig rig;
    private long seq;

    @BeforeEach
    void open(@TempDir Path directory) {
        data = directory;
        open(JournalSettings.of(Duration.ofDays(7), 1L << 30));
    }

    private void open(JournalSettings settings) {
        journal = Journal.open(data.resolve("journal"), "main", settings, table -> RowType.UNKNOWN, Clock.systemUTC());
        rig = new HttpRig(data, HttpSettings.local(0), List.of(), (database, table) -> true, Map.of("main", journal));
    }

    @AfterEach
    void close() {
        rig.close();
        journal.close();
    }

    private long append(Operation operation, String table, String key, @Nullable String before, String after) {
        seq++;
        Entry entry = new Entry(
                seq,
                table,
                operation,
                key,
                null,
                before,
                after,
                "t" + seq,
                List.of("erp"),
                Instant.parse("2026-01-31T12:00:00Z"));
        return journal.append(List.of(entry), Bookmark.clean(1, seq, "token"))
                .get(0)
                .position();
    }

    private long order(int id, String status) {
        return append(
                Operation.UPDATE,
                "orders",
                "{\"id\":" + id + "}",
                "{\"id\":" + id + "}",
                "{\"id\":" + id + ",\"status\":\"" + status + "\"}");
    }

    private JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = rig.get(path);
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }

    private List<Long> positions(String path) throws Exception {
        List<Long> positions = new ArrayList<>();
        json(path)
                .forEach(
                        each -> positions.add(each.path("data").path("position").asLong()));
        return positions;
    }

    private static @Nullable String next(HttpResponse<String> answer) {
        String link = answer.headers().firstValue("Link").orElse("");
        return link.isEmpty() ? null : link.substring(1, link.indexOf('>'));
    }

    @Test
    void aPageHoldsTheChangesAsHooksGetThem() throws Exception {
        order(1, "paid");
        JsonNode change = json("/api/changes").get(0);
        assertEquals("1.0", change.path("specversion").asText());
        assertEquals("main-1-1", change.path("id").asText());
        assertEquals("row.updated", change.path("type").asText());
        assertEquals("2026-01-31T12:00:00Z", change.path("time").asText());
        assertEquals("t1", change.path("data").path("transaction").asText());
        assertEquals("[\"erp\"]", change.path("data").path("origin").toString());
        assertEquals("paid", change.path("data").path("after").path("status").asText());
    }

    @Test
    void pagesAreLinkedInBothDirections() throws Exception {
        for (int i = 1; i <= 7; i++) {
            order(i, "new");
        }
        List<Long> found = new ArrayList<>();
        for (String path = "/api/changes?limit=3&from=earliest"; path != null; path = next(rig.get(path))) {
            found.addAll(positions(path));
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L), found);
        found.clear();
        for (String path = "/api/changes?limit=3&order=desc"; path != null; path = next(rig.get(path))) {
            found.addAll(positions(path));
        }
        assertEquals(List.of(7L, 6L, 5L, 4L, 3L, 2L, 1L), found);
        assertEquals(List.of(6L, 7L), positions("/api/changes?from=5"));
        assertEquals(List.of(4L, 3L), positions("/api/changes?order=desc&before=5&limit=2"));
        assertEquals(List.of(), positions("/api/changes?from=7"));
        assertEquals(
                7, positions("/api/changes?from=2026-01-01T00:00:00%2B01:00").size());
        assertEquals(List.of(), positions("/api/changes?from=2999-01-01T00:00:00Z"));
    }

    @Test
    void pagesAreFiltered() throws Exception {
        order(1, "new");
        append(Operation.INSERT, "lines", "{\"a\":\"x,y\",\"b\":7}", null, "{}");
        append(Operation.DELETE, "orders", "{\"id\":1}", "{\"id\":1}", "{}");
        order(2, "new");
        assertEquals(List.of(1L, 3L, 4L), positions("/api/changes?tables=orders"));
        assertEquals(4, positions("/api/changes?tables=orders,lines").size());
        assertEquals(List.of(2L, 3L), positions("/api/changes?operations=insert,delete"));
        assertEquals(List.of(1L, 3L), positions("/api/changes?tables=orders&key=1"));
        assertEquals(List.of(2L), positions("/api/changes?tables=lines&key=x%252Cy,7"));
        assertEquals(List.of(4L), positions("/api/changes?order=desc&tables=orders&key=2"));
    }

    @Test
    void whatCanNotBeAskedIsRefusedInWords() {
        order(1, "new");
        for (String wrong : List.of(
                "?table=orders",
                "?from=yesterday",
                "?from=-1",
                "?from=99",
                "?order=up",
                "?order=desc&from=1",
                "?before=1",
                "?limit=0",
                "?operations=upsert",
                "?tables=,",
                "?key=1",
                "?tables=a,b&key=1")) {
            assertProblem(rig.get("/api/changes" + wrong), 400);
        }
        HttpResponse<String> unknown = rig.get("/api/changes?database=mian");
        assertProblem(unknown, 404);
        assertTrue(unknown.body().contains("near: main"), unknown.body());
        assertProblem(rig.get("/api/changes/main-1-99"), 404);
        assertProblem(rig.get("/api/changes/99"), 404);
        assertProblem(rig.get("/api/changes/lunch"), 404);
        assertProblem(rig.get("/api/changes/1/ways"), 404);
        assertProblem(rig.post("/api/changes", "{}"), 405);
        assertEquals(401, rig.sendOpen("GET", "/api/changes", null).statusCode());
        assertEquals(
                401,
                rig.sendOpen("GET", "/api/changes", null, "Accept", "text/event-stream")
                        .statusCode());
    }

    @Test
    void whatTheRetentionTookIsGone() {
        // Two segments at least, and no more than one may stay.
        rig.close();
        journal.close();
        open(new JournalSettings(Duration.ofDays(7), 1, Duration.ofDays(1), 1));
        order(1, "new");
        order(2, "new");
        journal.retain();
        assertTrue(journal.first() > 1, "the journal begins at " + journal.first());
        HttpResponse<String> gone = rig.get("/api/changes?from=0");
        assertProblem(gone, 410);
        assertTrue(gone.body().contains("from=earliest"), gone.body());
        assertEquals(200, rig.get("/api/changes").statusCode());
    }

    @Test
    void aChangeTellsWhereItWentWithTheAnswerAndCommands() throws Exception {
        rig.subscriptions.open(
                settings("to-crm", "orders"),
                (changes, attempt, generation, done) -> done.accept(new DeliveryOutcome.Delivered(
                        List.of(new Answer(REQUEST, Duration.ofMillis(12), 202, "thanks")))));
        rig.subscriptions.open(settings("lines", "lines"), (changes, attempt, generation, done) -> {});
        order(42, "it's \"paid\"".replace("\"", "'"));
        await().until(() -> json("/api/changes/1")
                .path("ways")
                .get(1)
                .path("state")
                .asText()
                .equals("delivered"));
        JsonNode shown = json("/api/changes/main-1-1");
        assertEquals("main-1-1", shown.path("change").path("id").asText());
        assertEquals(shown, json("/api/changes/main-1-1?position=1"));
        assertEquals(shown, json("/api/changes/main-1-1?position=99"), "a wrong position is only a hint");
        JsonNode other = shown.path("ways").get(0);
        assertEquals("lines", other.path("subscription").asText());
        assertEquals("dropped", other.path("state").asText());
        assertEquals("table", other.path("reason").asText());
        JsonNode attempt = shown.path("ways").get(1).path("attempts").get(0);
        assertEquals("delivered", attempt.path("outcome").asText());
        JsonNode answer = attempt.path("answers").get(0);
        assertEquals(202, answer.path("status").asInt());
        assertEquals("thanks", answer.path("body").asText());
        String curl = answer.path("curl").asText();
        assertTrue(
                curl.startsWith("curl -X POST 'https://crm.example/h?key='\"$SECRET_KEY\""
                        + " -H 'Content-Type: application/cloudevents+json' -H 'webhook-id: main-1-1'"
                        + " -H 'Authorization: Bearer '\"$SECRET_AUTHORIZATION\" --data-raw '{\"specversion\""),
                curl);
        assertTrue(curl.contains("it'\\''s"), curl);
        assertTrue(answer.path("send").asText().contains("--secret \"$SECRET\" --id 'main-1-1'"), answer::toString);
        assertTrue(answer.path("note").asText().contains("signature"), answer::toString);
    }

    private static SubscriptionSettings settings(String name, String table) {
        return new SubscriptionSettings(
                name,
                "main",
                Set.of(table),
                Set.of(Operation.values()),
                Set.of(),
                null,
                false,
                StartFrom.EARLIEST,
                Ordering.KEY,
                2,
                1,
                RetryPolicy.DEFAULT,
                100,
                OnDead.KEEP);
    }

    @Test
    void aFeedTellsWhatComes() throws Exception {
        order(1, "before");
        try (LiveFeed feed = LiveFeed.of(rig, "?tables=orders")) {
            feed.awaitOpen();
            append(Operation.INSERT, "lines", "{\"a\":1}", null, "{}");
            order(2, "multi\\nline");
            LiveFeed.Event event = feed.next();
            assertEquals("change", event.name());
            assertEquals("3", event.id());
            assertEquals("2", JSON.readTree(event.data()).path("subject").asText());
            for (int i = 0; i < 1_000; i++) {
                order(i, "many");
            }
            for (int i = 0; i < 1_000; i++) {
                assertEquals(Integer.toString(4 + i), feed.next().id());
            }
        }
        await().until(() -> rig.server.liveFeeds() == 0);
    }

    @Test
    void aFeedGoesOnAfterThePlaceThatTheClientSaw() throws Exception {
        for (int i = 1; i <= 5; i++) {
            order(i, "new");
        }
        try (LiveFeed feed = LiveFeed.of(rig, "?from=1", "Last-Event-ID", "3")) {
            assertEquals(
                    List.of("4", "5"), List.of(feed.next().id(), feed.next().id()));
        }
        try (LiveFeed feed = LiveFeed.of(rig, "?from=earliest")) {
            assertEquals("1", feed.next().id());
        }
        try (LiveFeed feed = LiveFeed.of(rig, "?from=3")) {
            assertEquals("4", feed.next().id());
        }
    }

    @Test
    void aFeedTellsOfGapsAndOfAPlaceThatIsNoMore() throws Exception {
        order(1, "new");
        try (LiveFeed feed = LiveFeed.of(rig, "?from=earliest")) {
            assertEquals("1", feed.next().id());
            journal.mark("restored from a backup", Bookmark.clean(2, 0, "token"));
            LiveFeed.Event gap = feed.next();
            assertEquals("gap", gap.name());
            assertEquals(
                    "restored from a backup",
                    JSON.readTree(gap.data()).path("reason").asText());
            order(2, "after");
            assertEquals(Long.toString(journal.last()), feed.next().id());
        }
        try (LiveFeed feed = LiveFeed.of(rig, "?from=earliest")) {
            assertEquals(
                    List.of("change", "gap", "change"),
                    List.of(feed.next().name(), feed.next().name(), feed.next().name()));
        }
        try (LiveFeed feed = LiveFeed.of(rig, "", "Last-Event-ID", "99999999999999")) {
            LiveFeed.Event reset = feed.next();
            assertEquals("reset", reset.name());
            order(3, "later");
            assertEquals(Long.toString(journal.last()), feed.next().id());
        }
    }

    @Test
    void aFeedEndsInOrderWhenThePlatformStops() throws Exception {
        try (LiveFeed feed = LiveFeed.of(rig, "")) {
            feed.awaitOpen();
            long began = System.nanoTime();
            rig.server.close();
            assertTrue(feed.awaitEnd(), "the feed ends without an error");
            assertTrue(Duration.ofNanos(System.nanoTime() - began).toSeconds() < 5, "the stop doesn't wait for it");
        }
    }

    @Test
    void aClientThatTakesNothingHoldsNobodyUp() throws Exception {
        String large = "x".repeat(100_000);
        try (LiveFeed slow = LiveFeed.stuck(rig, "/api/changes?from=earliest");
                LiveFeed quick = LiveFeed.of(rig, "?from=earliest")) {
            for (int i = 1; i <= 300; i++) {
                order(i, large);
            }
            for (int i = 1; i <= 300; i++) {
                assertEquals(Integer.toString(i), quick.next().id());
            }
            assertEquals(2, rig.server.liveFeeds());
            assertFalse(slow.isEnded());
            long began = System.nanoTime();
            rig.server.close();
            assertTrue(Duration.ofNanos(System.nanoTime() - began).toSeconds() < 8, "nor the stop");
        }
    }
}

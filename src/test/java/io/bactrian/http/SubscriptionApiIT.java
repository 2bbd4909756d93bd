package io.bactrian.http;

import static io.bactrian.http.HookEndpointIT.assertProblem;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Operation;
import io.bactrian.change.RowType;
import io.bactrian.journal.Bookmark;
import io.bactrian.journal.Entry;
import io.bactrian.journal.Journal;
import io.bactrian.journal.JournalSettings;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.SubscriptionSettings;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import io.bactrian.subscription.Subscriptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionApiIT {
    private static final String ONE = "/api/subscriptions/to-crm";

    private final Queue<Long> delivered = new ConcurrentLinkedQueue<>();
    private volatile boolean failing;
    private Journal journal;
    private HttpRig rig;
    private Subscriptions.Handle handle;
    private long seq;

    @BeforeEach
    void open(@TempDir Path data) {
        journal = Journal.open(
                data.resolve("journal"),
                "main",
                JournalSettings.of(Duration.ofDays(7), 1L << 30),
                table -> RowType.UNKNOWN,
                Clock.systemUTC());
        rig = new HttpRig(data, HttpSettings.local(0), List.of(), (database, table) -> true, Map.of("main", journal));
        handle = rig.subscriptions.open(settings(), (changes, attempt, generation, done) -> {
            if (failing) {
                done.accept(new DeliveryOutcome.GivenUp(new IllegalStateException("no such customer")));
            } else {
                changes.forEach(change -> delivered.add(change.position()));
                done.accept(DeliveryOutcome.Delivered.INSTANCE);
            }
        });
    }

    @AfterEach
    void close() {
        handle.close();
        rig.close();
        journal.close();
    }

    private static SubscriptionSettings settings() {
        return new SubscriptionSettings(
                "to-crm",
                "main",
                Set.of("orders"),
                Set.of(Operation.values()),
                Set.of(),
                null,
                false,
                StartFrom.EARLIEST,
                Ordering.KEY,
                2,
                1,
                new RetryPolicy(1, 1, Duration.ofMillis(10), 1, Duration.ofMillis(10), 0),
                100,
                OnDead.KEEP);
    }

    private void change(int count) {
        for (int i = 0; i < count; i++) {
            seq++;
            Entry entry = new Entry(
                    seq,
                    "orders",
                    Operation.INSERT,
                    "{\"id\":" + seq + "}",
                    null,
                    null,
                    "{\"id\":" + seq + ",\"total\":1.50}",
                    "t" + seq,
                    List.of(),
                    Instant.parse("2026-01-31T12:00:00Z"));
            journal.append(List.of(entry), Bookmark.clean(1, seq, "token"));
        }
    }

    @Test
    void aSubscriptionIsShownPausedResumedAndReplayed() {
        change(3);
        await().until(() -> delivered.size() == 3);
        await().until(() -> rig.get(ONE).body().contains("\"position\":3"));
        String shown = rig.get(ONE).body();
        assertTrue(shown.contains("\"name\":\"to-crm\",\"database\":\"main\",\"state\":\"running\""), shown);
        assertTrue(shown.contains("\"lag\":0") && shown.contains("\"deadLetters\":0"), shown);
        assertEquals("[" + shown + "]", rig.get("/api/subscriptions").body());

        assertTrue(rig.post(ONE + "/pause", "").body().contains("\"state\":\"paused\""));
        change(1);
        assertTrue(rig.get(ONE).body().contains("\"lag\":1"), rig.get(ONE).body());
        assertTrue(rig.post(ONE + "/resume", "").body().contains("\"state\":\"running\""));
        await().until(() -> delivered.size() == 4);

        assertEquals(200, rig.post(ONE + "/replay", "{\"position\":2}").statusCode());
        await().until(() -> delivered.size() == 6);
        assertEquals(
                200,
                rig.post(ONE + "/replay", "{\"time\":\"2000-01-01T00:00:00+02:00\"}")
                        .statusCode());
        await().until(() -> delivered.size() == 10);
    }

    @Test
    void whatCanNotBeDoneIsRefused() {
        HttpResponse<String> answer = rig.get("/api/subscriptions/to-crn");
        assertProblem(answer, 404);
        assertTrue(answer.body().contains("near: to-crm"), answer.body());
        for (String wrong : List.of(
                "{}",
                "{\"position\":\"1\"}",
                "{\"position\":1.5}",
                "{\"position\":-1}",
                "{\"position\":1,\"time\":\"2026-01-01T00:00:00Z\"}",
                "{\"time\":\"yesterday\"}",
                "{\"time\":\"2026-01-01T00:00:00\"}",
                "[]",
                "{")) {
            assertProblem(rig.post(ONE + "/replay", wrong), 400);
        }
        assertProblem(rig.post(ONE + "/replay", "{\"position\":99999}"), 409);
        assertProblem(rig.send("DELETE", ONE, null), 409);
        assertProblem(rig.get(ONE + "/pause"), 405);
        assertProblem(rig.post(ONE + "/snapshot", "{}"), 404);
        assertProblem(rig.post("/api/subscriptions/none/pause", ""), 404);
        assertProblem(rig.get("/api/subscriptions?state=paused"), 400);
    }

    @Test
    void oneThatNoRouteUsesCanBeDeleted() {
        handle.close();
        rig.subscriptions.orphan("to-crm");
        assertTrue(
                rig.get(ONE).body().contains("\"state\":\"orphaned\""),
                rig.get(ONE).body());
        assertEquals(204, rig.send("DELETE", ONE, null).statusCode());
        assertProblem(rig.get(ONE), 404);
    }

    @Test
    void deadLettersAreListedWholeRetriedAndDiscarded() {
        failing = true;
        change(3);
        await().untilAsserted(() -> {
            String all = rig.get("/api/dead-letters").body();
            assertEquals(3, all.split("no such customer", -1).length - 1, all);
        });
        HttpResponse<String> page = rig.get("/api/dead-letters?subscription=to-crm&limit=2");
        String link = page.headers().firstValue("Link").orElse("");
        assertTrue(page.body().contains("\"after\":{\"id\":3,\"total\":1.50}"), page.body());
        HttpResponse<String> next = rig.get(link.substring(1, link.indexOf('>')));
        assertTrue(next.body().contains("\"after\":{\"id\":1,\"total\":1.50}"), next.body());
        assertTrue(next.headers().firstValue("Link").isEmpty());
        assertEquals("[]", rig.get("/api/dead-letters?subscription=other").body());
        String id = next.body().replaceFirst(".*?\"id\":(\\d+).*", "$1");
        String one = rig.get("/api/dead-letters/" + id).body();
        assertEquals("[" + one + "]", next.body());
        assertTrue(one.contains("\"subscription\":\"to-crm\",\"change\":{\"specversion\":\"1.0\""), one);

        failing = false;
        assertEquals(202, rig.post("/api/dead-letters/" + id + "/retry", "").statusCode());
        await().until(() -> delivered.contains(1L));
        assertProblem(rig.get("/api/dead-letters/" + id), 404);
        assertProblem(rig.post("/api/dead-letters/" + id + "/retry", ""), 404);
        String rest = rig.get("/api/dead-letters?limit=1").body().replaceFirst(".*?\"id\":(\\d+).*", "$1");
        assertEquals(204, rig.post("/api/dead-letters/" + rest + "/discard", "").statusCode());
        assertProblem(rig.post("/api/dead-letters/" + rest + "/discard", ""), 404);
        assertProblem(rig.get("/api/dead-letters/x"), 404);
        assertProblem(rig.get("/api/dead-letters?before=0"), 400);
    }

    @Test
    void subscriptionsAreMeasured() {
        change(2);
        await().until(() -> delivered.size() == 2);
        await().until(() -> rig.get("/metrics")
                .body()
                .contains("bactrian_subscription_position{database=\"main\",subscription=\"to-crm\"} 2.0"));
        String metrics = rig.get("/metrics").body();
        for (String name : List.of("lag", "lag_seconds", "parked", "dead_letters", "delivered_total", "running")) {
            assertTrue(metrics.contains("bactrian_subscription_" + name + "{"), name + " is missing in\n" + metrics);
        }
    }
}

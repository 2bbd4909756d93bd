package io.bactrian.camel.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bactrian.camel.Workbench;
import io.bactrian.change.Change;
import io.bactrian.change.ChangeJson;
import io.bactrian.change.Operation;
import io.bactrian.journal.Entry;
import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.KafkaTopic;
import io.bactrian.testing.KafkaTopic.Seen;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes to and from kafka:, on a real broker. */
class KafkaRoutesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    Path directory;

    private final KafkaServer kafka = KafkaServer.shared();
    private final String topic = "routes" + TOPICS.incrementAndGet();
    private Workbench bench;

    @BeforeEach
    void open() {
        bench = new Workbench(directory, Map.of("camel.component.kafka.brokers", kafka.brokers()));
        kafka.createTopic(topic, 3, Map.of());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void route(String id, String from, String steps) throws Exception {
        bench.load(id + ".xml", """
                <routes xmlns="http://camel.apache.org/schema/xml-io">
                  <route id="%s"><from uri="%s"/>%s</route>
                </routes>
                """.formatted(id, from, steps));
    }

    private void bind(String name, Processor step) {
        bench.context().getRegistry().bind(name, Processor.class, step);
    }

    private static ConditionFactory awaiting() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50));
    }

    private List<Seen> seen(int count) {
        return KafkaTopic.read(kafka, topic, count, Duration.ofSeconds(30));
    }

    @Test
    void aChangeIsSentAsItsCloudEventUnderTheRowsKey() throws Exception {
        Change change = bench.collectOrders(42).get(0);
        route("out", "changes:orders?from=earliest", "<to uri=\"kafka:" + topic + "\"/>");
        Seen record = seen(1).get(0);
        assertEquals("{\"id\":42}", record.key());
        assertEquals(ChangeJson.cloudEvent(change), record.value());
        assertEquals(change.id().toString(), record.header("bactrian-id"));
        assertEquals("application/cloudevents+json", record.header("content-type"));
        assertEquals(2, record.headers().size(), record.headers().toString());
        awaiting().until(() -> bench.subscriptions.find("out").orElseThrow().position() == 1);
    }

    @Test
    void aBodyThatTheRouteMadeIsSentAsItIsAndItsHeadersTravel() throws Exception {
        bench.collectOrders(1);
        route("out", "changes:orders?from=earliest", """
                <setHeader name="colour"><constant>blue</constant></setHeader>
                <setHeader name="bACTRIANsecret"><constant>no</constant></setHeader>
                <setHeader name="kafka.KEY"><constant>mine</constant></setHeader>
                <setBody><simple>order ${body[id]}</simple></setBody>
                <to uri="kafka:%s"/>""".formatted(topic));
        Seen record = seen(1).get(0);
        assertEquals("order 1", record.value());
        assertEquals("mine", record.key());
        assertEquals("blue", record.header("colour"));
        assertEquals("main-1-1", record.header("bactrian-id"));
        assertEquals("text/plain; charset=utf-8", record.header("content-type"));
        assertEquals(3, record.headers().size(), record.headers().toString());
    }

    @Test
    void aDeleteAndAChangeOfTheKeyAreToldAsDebeziumDoes() throws Exception {
        bench.collect(bench.moved(1, 2));
        Entry gone = new Entry(
                99,
                "orders",
                Operation.DELETE,
                "{\"id\":2}",
                null,
                "{\"id\":2}",
                null,
                "t",
                List.of(),
                Instant.parse("2026-03-01T10:00:00Z"));
        bench.collect(gone);
        route(
                "out",
                "changes:orders?from=earliest",
                "<to uri=\"kafka:" + topic + "?format=debezium&amp;tombstones=true\"/>");
        List<Seen> all = seen(5);
        List<Seen> old =
                all.stream().filter(each -> each.key().equals("{\"id\":1}")).toList();
        List<Seen> moved =
                all.stream().filter(each -> each.key().equals("{\"id\":2}")).toList();
        assertEquals("d", json(old.get(0)).get("op").asText());
        assertEquals(1, json(old.get(0)).get("before").get("id").asInt());
        assertNull(old.get(1).value());
        assertEquals(
                List.of("c", "d"),
                List.of(
                        json(moved.get(0)).get("op").asText(),
                        json(moved.get(1)).get("op").asText()));
        assertNull(moved.get(2).value());
        assertEquals("main-1-1~0", old.get(0).header("bactrian-id"));
        assertEquals("main-1-1", moved.get(0).header("bactrian-id"));
    }

    @Test
    @DisplayName("invariant 3: a batch is sent record by record, in order per key")
    void aBatchIsSentRecordByRecordInOrderPerKey() throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            entries.add(bench.order(i % 7));
        }
        bench.collect(entries.toArray(Entry[]::new));
        route("out", "changes:orders?from=earliest&amp;batch=100", "<to uri=\"kafka:" + topic + "?format=row\"/>");
        Map<String, List<Long>> byKey = new ConcurrentHashMap<>();
        for (Seen record : seen(200)) {
            long seq = Long.parseLong(record.header("bactrian-id").split("-")[2]);
            byKey.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(seq);
        }
        assertEquals(7, byKey.size());
        byKey.values()
                .forEach(sequence -> assertEquals(sequence.stream().sorted().toList(), sequence));
    }

    @Test
    void anAsteriskInTheTopicStandsForTheTable() throws Exception {
        bench.collectOrders(1);
        route("out", "changes:*?from=earliest", "<to uri=\"kafka:" + topic + ".*\"/>");
        assertEquals(
                1,
                KafkaTopic.read(kafka, topic + ".orders", 1, Duration.ofSeconds(30))
                        .size());
    }

    @Test
    @DisplayName("invariant 7: a record that Kafka never takes is given up at once, and the others go on")
    void aRecordThatIsTooLargeIsADeadLetterAndTheOthersGoOn() throws Exception {
        kafka.createTopic(topic + "-small", 1, Map.of("max.message.bytes", "2000"));
        bind("grow", exchange -> {
            if (exchange.getMessage()
                    .getHeader("BactrianKey", Map.class)
                    .get("id")
                    .equals(2)) {
                StringBuilder large = new StringBuilder();
                for (int i = 0; i < 5_000; i++) {
                    large.append(Integer.toHexString(31 * i * i));
                }
                exchange.getMessage().setBody(large.toString());
            }
        });
        bench.collectOrders(1, 2, 3);
        route("out", "changes:orders?from=earliest", "<process ref=\"grow\"/><to uri=\"kafka:" + topic + "-small\"/>");
        assertEquals(
                2,
                KafkaTopic.read(kafka, topic + "-small", 2, Duration.ofSeconds(30))
                        .size());
        awaiting().until(() -> bench.subscriptions.find("out").orElseThrow().deadLetters() == 1);
    }

    @Test
    void whatCarriesNoChangeIsCamelsOwn() throws Exception {
        route("plain", "direct:plain", "<to uri=\"kafka:" + topic + "?key=k\"/>");
        bench.context().createProducerTemplate().sendBody("direct:plain", "hello");
        assertEquals(new Seen("k", "hello", Map.of()), seen(1).get(0));
    }

    @Test
    void withoutBrokersTheKeyIsNamed() {
        bench.close();
        bench = new Workbench(directory, Map.of());
        Exception refused = assertThrows(Exception.class, () -> route("out", "direct:a", "<to uri=\"kafka:orders\"/>"));
        assertTrue(messages(refused).contains("bactrian.kafka.brokers"), messages(refused));
        Exception wrong =
                assertThrows(Exception.class, () -> route("b", "direct:b", "<to uri=\"kafka:orders?format=avro\"/>"));
        assertTrue(messages(wrong).contains("format=avro is not one of"), messages(wrong));
        Exception manual = assertThrows(
                Exception.class,
                () -> route(
                        "c", "kafka:orders?brokers=127.0.0.1:1&amp;allowManualCommit=true", "<log message=\"x\"/>"));
        assertTrue(messages(manual).contains("allowManualCommit"), messages(manual));
    }

    @Test
    @DisplayName("invariant 8: an offset is committed only when the route is done; what fails waits and is tried again")
    void whatFailsIsTriedAgainInItsPlace() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        bind("take", exchange -> {
            String body = exchange.getMessage().getBody(String.class);
            if (body.equals("b") && failures.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            done.add(body);
        });
        kafka.createTopic(topic + "-one", 1, Map.of());
        KafkaTopic.write(kafka, topic + "-one", null, "a", "b", "c");
        route("in", "kafka:" + topic + "-one?retryDelay=100ms", "<process ref=\"take\"/>");
        awaiting().until(() -> done.size() == 3);
        assertEquals(List.of("a", "b", "c"), done);
        awaiting().until(() -> KafkaTopic.committed(kafka, "in", topic + "-one") == 3);
    }

    @Test
    void whatSteersIsDroppedWhateverItsCaseAndTheMessageHasAnId() throws Exception {
        List<Exchange> taken = new CopyOnWriteArrayList<>();
        bind("take", taken::add);
        KafkaTopic.write(
                kafka,
                topic,
                Map.of(
                        "BACTRIANTable",
                        "users",
                        "cAmElExecCommand",
                        "rm",
                        "kafka.OVERRIDE_TOPIC",
                        "x",
                        "colour",
                        "red"),
                "a");
        route("in", "kafka:" + topic, "<process ref=\"take\"/>");
        awaiting().until(() -> taken.size() == 1);
        Map<String, Object> headers = taken.get(0).getMessage().getHeaders();
        assertFalse(headers.containsKey("BactrianTable"), headers.toString());
        assertFalse(headers.containsKey("CamelExecCommand"), headers.toString());
        assertFalse(headers.containsKey("kafka.OVERRIDE_TOPIC"), headers.toString());
        assertEquals("red", new String((byte[]) headers.get("colour"), StandardCharsets.UTF_8));
        assertEquals(topic, headers.get("kafka.TOPIC"));
        assertTrue(String.valueOf(headers.get("BactrianMessageId")).endsWith("-0"), headers.toString());
    }

    @Test
    void poisonGoesToTheDeadLettersWithTheReasonAndTheRestFlows() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        AtomicInteger tries = new AtomicInteger();
        bind("take", exchange -> {
            String body = exchange.getMessage().getBody(String.class);
            if (body.equals("malformed")) {
                throw new IllegalArgumentException("Not JSON at all");
            }
            if (body.equals("failing")) {
                tries.incrementAndGet();
                throw new IllegalStateException("won't");
            }
            done.add(body);
        });
        kafka.createTopic(topic + "-p", 1, Map.of());
        KafkaTopic.write(kafka, topic + "-p", Map.of("colour", "red"), "a", "malformed", "failing", "b");
        route("in", "kafka:" + topic + "-p?retryDelay=50ms&amp;retryMax=3", "<process ref=\"take\"/>");
        awaiting().until(() -> done.size() == 2);
        assertEquals(List.of("a", "b"), done);
        assertEquals(3, tries.get());
        List<Seen> letters = KafkaTopic.read(kafka, topic + "-p.dlq", 2, Duration.ofSeconds(30));
        assertEquals("malformed", letters.get(0).value());
        assertEquals(
                "IllegalArgumentException: Not JSON at all",
                letters.get(0).header("__connect.errors.exception.message"));
        assertEquals(topic + "-p", letters.get(0).header("__connect.errors.topic"));
        assertEquals("1", letters.get(0).header("__connect.errors.offset"));
        assertEquals("red", letters.get(0).header("colour"));
        assertEquals("3", letters.get(1).header("__connect.errors.attempts"));
        awaiting().until(() -> KafkaTopic.committed(kafka, "in", topic + "-p") == 4);
    }

    @Test
    @DisplayName("a record that is tried for longer than max.poll.interval keeps its consumer in the group")
    void aLongRetryDoesntLeaveTheGroup() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        List<String> done = new CopyOnWriteArrayList<>();
        Instant until = Instant.now().plusSeconds(5);
        bind("take", exchange -> {
            tries.incrementAndGet();
            if (Instant.now().isBefore(until)) {
                throw new IllegalStateException("not yet");
            }
            done.add(exchange.getMessage().getBody(String.class));
        });
        kafka.createTopic(topic + "-l", 1, Map.of());
        KafkaTopic.write(kafka, topic + "-l", null, "a", "b");
        route(
                "in",
                "kafka:" + topic + "-l?retryDelay=300ms&amp;retryBackoff=1&amp;retryMax=100&amp;maxPollIntervalMs=2000"
                        + "&amp;sessionTimeoutMs=6000",
                "<process ref=\"take\"/>");
        awaiting().until(() -> done.size() == 2);
        assertEquals(List.of("a", "b"), done);
        // A consumer that was thrown out would have begun again, and tried beside itself.
        assertTrue(tries.get() <= 20, "tries: " + tries.get());
    }

    @Test
    void withOrderingByKeyOthersPassAKeyThatWaits() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        bind("take", exchange -> {
            String key = exchange.getMessage().getHeader("kafka.KEY", String.class);
            if (key.equals("k0") && done.size() < 8) {
                throw new IllegalStateException("not yet");
            }
            done.add(key);
        });
        kafka.createTopic(topic + "-k", 1, Map.of());
        for (int i = 0; i < 20; i++) {
            KafkaTopic.writeKeyed(kafka, topic + "-k", "k" + i, "v");
        }
        route(
                "in",
                "kafka:" + topic + "-k?ordering=key&amp;lanes=16&amp;retryDelay=100ms&amp;retryMax=200",
                "<process ref=\"take\"/>");
        awaiting().until(() -> done.size() == 20);
        assertTrue(done.indexOf("k0") >= 8, done.toString());
        awaiting().until(() -> KafkaTopic.committed(kafka, "in", topic + "-k") == 20);
    }

    private static JsonNode json(Seen record) throws Exception {
        assertNotNull(record.value());
        return JSON.readTree(record.value());
    }

    private static String messages(Throwable thrown) {
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }
}

package io.bactrian.bench;

import io.bactrian.testing.FreePorts;
import io.bactrian.testing.PlatformProcess;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;

/**
 * The embedded broker: row changes leave as one durable message each ({@code jmsout}); messages that wait become rows,
 * each applied once ({@code jmsin}).
 */
final class Queues {
    private static final String SUBSCRIPTION = "/api/subscriptions/bench";
    /** Metrics cost the platform some milliseconds each time. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final String OUT = "orders.out";
    private static final String IN = "orders.in";
    private static final String PASSWORD = "bench-password";

    private final Path folder;
    private final int count;
    private final int port = FreePorts.next();

    Queues(Path folder, int count) {
        this.folder = folder;
        this.count = count;
    }

    /** Changes that wait: a fresh JVM, then warm rounds; the clock runs from the first hundred to the last. */
    void out(Figures figures) throws Exception {
        Shop shop = new Shop();
        try (PlatformProcess platform =
                platform("jmsout", shop).route("bench.xml", """
                <routes xmlns="http://camel.apache.org/schema/xml-io">
                  <route id="bench">
                    <from uri="changes:bench_orders?from=earliest&amp;lanes=%d"/>
                    <to uri="jms:queue:orders.out"/>
                  </route>
                </routes>
                """.formatted(Integer.getInteger("lanes", 64)))) {
            platform.start();
            platform.stop();
            shop.insert(1, count);
            platform.launch();
            drained(figures, "jmsout fresh", platform, 0, 0);
            for (int round = 1; round <= 3; round++) {
                platform.call("POST", SUBSCRIPTION + "/pause", null);
                shop.insert(1 + (long) round * count, count);
                double cpu = Machine.cpuSeconds(platform.pid());
                platform.call("POST", SUBSCRIPTION + "/resume", null);
                drained(figures, "jmsout warm " + round, platform, (long) round * count, cpu);
            }
        }
    }

    private void drained(Figures figures, String name, PlatformProcess platform, long before, double cpu)
            throws Exception {
        awaitReachable(platform);
        long first = await(platform, before + 100);
        long from = messages(platform, OUT);
        await(platform, before + count);
        double rate = (before + count - from) / ((System.nanoTime() - first) / 1e9);
        figures.rate(name, rate, usage(platform, cpu), messages(platform, OUT) + " in the queue");
    }

    /** Messages that wait, sent by another program; a fresh JVM, then a warm one. */
    void in(Figures figures) throws Exception {
        Shop shop = new Shop();
        try (PlatformProcess platform = platform("jmsin", shop)) {
            platform.start();
            for (int round = 0; round <= 2; round++) {
                platform.route("bench.xml", "<routes xmlns=\"http://camel.apache.org/schema/xml-io\"/>");
                send(1 + (long) round * count);
                if (round == 0) {
                    platform.stop();
                }
                platform.route("bench.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="bench-in">
                            <from uri="jms:queue:orders.in?concurrentConsumers=%d"/>
                            <to uri="table:bench_orders?operation=insert&amp;origin=bench"/>
                          </route>
                        </routes>
                        """.formatted(Integer.getInteger("consumers", 8)));
                double cpu = 0;
                if (round == 0) {
                    platform.launch();
                } else {
                    cpu = Machine.cpuSeconds(platform.pid());
                }
                awaitReachable(platform);
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .pollInterval(POLL)
                        .until(() -> {
                            long waiting = messages(platform, IN);
                            return waiting >= 0 && waiting <= count - 100;
                        });
                long begin = System.nanoTime();
                long from = messages(platform, IN);
                Awaitility.await()
                        .atMost(Duration.ofMinutes(5))
                        .pollInterval(POLL)
                        .until(() -> messages(platform, IN) == 0);
                double rate = from / ((System.nanoTime() - begin) / 1e9);
                figures.rate(
                        round == 0 ? "jmsin fresh" : "jmsin warm " + round,
                        rate,
                        usage(platform, cpu),
                        String.format(
                                Locale.ROOT,
                                "%d rows of %d messages",
                                shop.count("SELECT count(*) FROM bench_orders"),
                                (round + 1L) * count));
            }
        }
    }

    private void send(long first) throws JMSException {
        try (ActiveMQConnectionFactory factory =
                        new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port, "bench", PASSWORD);
                Connection connection = factory.createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue("orders.in"))) {
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage(Shop.json(first + i)));
                if (i % 500 == 499) {
                    session.commit();
                }
            }
            session.commit();
        }
    }

    private PlatformProcess platform(String name, Shop shop) {
        Map<String, String> configuration = new LinkedHashMap<>(shop.configuration());
        configuration.put("bactrian.broker.url", "embedded");
        configuration.put("bactrian.broker.acceptors", "tcp://127.0.0.1:" + port);
        configuration.put("bactrian.broker.users.bench.password", PASSWORD);
        return PlatformProcess.in(folder.resolve(name + "-" + System.nanoTime()), configuration);
    }

    private static void awaitReachable(PlatformProcess platform) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(POLL)
                .ignoreExceptions()
                .until(() -> platform.call("GET", "/metrics", null).statusCode() == 200);
    }

    private static long await(PlatformProcess platform, long messages) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(POLL)
                .until(() -> messages(platform, OUT) >= messages);
        return System.nanoTime();
    }

    /** As the metrics tell, which costs the platform little. */
    private static long messages(PlatformProcess platform, String queue) throws Exception {
        return platform.call("GET", "/metrics", null)
                .body()
                .lines()
                .filter(line -> line.startsWith("bactrian_queue_messages{queue=\"" + queue + "\"}"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }

    private Figures.Usage usage(PlatformProcess platform, double cpuBefore) {
        double cpu = Machine.cpuSeconds(platform.pid()) - cpuBefore;
        return new Figures.Usage(cpu * 1e6 / count, Machine.peakResidentMegabytes(platform.pid()));
    }
}

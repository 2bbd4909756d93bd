package io.bactrian.camel.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.camel.Workbench;
import io.bactrian.doctor.Finding;
import io.bactrian.doctor.Finding.State;
import io.bactrian.testing.FreePorts;
import io.bactrian.testing.KafkaServer;
import io.bactrian.testing.KafkaTopic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of a real Kafka. */
class KafkaExaminationIT {
    private final KafkaServer kafka = KafkaServer.shared();

    @TempDir
    Path directory;

    @Test
    void eachBrokerIsNamedAsItIs() {
        String gone = "127.0.0.1:" + FreePorts.next();
        List<Finding> found = examined(Map.of("camel.component.kafka.brokers", kafka.brokers() + "," + gone));
        assertEquals(2, found.size(), found::toString);
        assertEquals("kafka " + kafka.brokers(), found.get(0).subject());
        assertEquals(State.OK, found.get(0).state(), found::toString);
        assertTrue(found.get(0).detail().contains("cluster AAAAAAAAAAAAAAAAAAAAAQ, nodes [1]"), found::toString);
        assertEquals("kafka " + gone, found.get(1).subject());
        assertEquals(State.FAILED, found.get(1).state());
        assertTrue(found.get(1).detail().contains("can't be reached"), found::toString);
        assertTrue(String.valueOf(found.get(1).remedy()).contains("bactrian.kafka.brokers"), found::toString);
    }

    @Test
    void aWrongPasswordIsToldAndNoPasswordIs() {
        Finding right = examined(login("shop-password")).get(0);
        assertEquals(State.OK, right.state(), right::toString);
        Finding wrong = examined(login("not-this-one")).get(0);
        assertEquals(State.FAILED, wrong.state());
        assertTrue(wrong.detail().contains("doesn't let us in"), wrong::toString);
        assertTrue(String.valueOf(wrong.remedy()).contains(".sasl-jaas-config"), wrong::toString);
        assertFalse(wrong.toString().contains("not-this-one"), "the password isn't shown");
    }

    @Test
    void deadLettersAreCounted() throws Exception {
        kafka.createTopic("examined", 1, Map.of());
        KafkaTopic.write(kafka, "examined", null, "poison", "poison");
        try (Workbench bench = new Workbench(directory, Map.of("camel.component.kafka.brokers", kafka.brokers()))) {
            bench.load("in.xml", """
                    <routes xmlns="http://camel.apache.org/schema/xml-io">
                      <route id="in"><from uri="kafka:examined"/>
                        <throwException exceptionType="java.lang.IllegalArgumentException" message="never"/>
                      </route>
                    </routes>
                    """);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> new KafkaExamination(bench.context())
                            .findings().stream()
                                    .anyMatch(each -> each.state() == State.WARNING
                                            && each.subject().equals("kafka topic examined.dlq")
                                            && each.detail().equals("2 dead letters")));
        }
    }

    @Test
    void whereNoneIsConfiguredNothingIsSaid() {
        assertEquals(List.of(), examined(Map.of()));
    }

    private List<Finding> examined(Map<String, String> configuration) {
        try (Workbench bench = new Workbench(directory, configuration)) {
            return new KafkaExamination(bench.context()).findings();
        }
    }

    private Map<String, String> login(String password) {
        return Map.of(
                "camel.component.kafka.brokers",
                kafka.brokersWithLogin(),
                "camel.component.kafka.security-protocol",
                "SASL_PLAINTEXT",
                "camel.component.kafka.sasl-mechanism",
                "PLAIN",
                "camel.component.kafka.sasl-jaas-config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"shop\" password=\""
                        + password + "\";");
    }
}

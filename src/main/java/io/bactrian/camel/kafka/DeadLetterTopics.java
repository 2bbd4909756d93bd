package io.bactrian.camel.kafka;

import io.bactrian.doctor.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.camel.Route;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** What lies in the topics to which routes give up records. */
final class DeadLetterTopics {
    private final List<TopicEndpoint> receiving = new ArrayList<>();

    DeadLetterTopics(List<Route> routes) {
        for (Route route : routes) {
            if (route.getEndpoint() instanceof TopicEndpoint endpoint) {
                receiving.add(endpoint);
            }
        }
    }

    /** One for each topic that holds some. */
    List<Finding> findings(Admin admin) {
        List<Finding> findings = new ArrayList<>();
        try {
            counted(admin).forEach((topic, count) -> {
                if (count > 0) {
                    findings.add(Finding.warning(
                            "kafka topic " + topic,
                            count + " dead letters",
                            "their headers __connect.errors.… say why; mend the cause, send them back to their topic,"
                                    + " and delete them here"));
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            findings.add(Finding.warning(
                    "kafka",
                    "the dead letters can't be counted: "
                            + InboundFailure.text(e.getCause() == null ? e : e.getCause()),
                    "allow our user to describe the topics"));
        }
        return findings;
    }

    private Map<String, Long> counted(Admin admin) throws InterruptedException, ExecutionException {
        Set<String> topics = new TreeSet<>();
        if (!receiving.isEmpty()) {
            for (String topic : admin.listTopics().names().get()) {
                if (receiving.stream().anyMatch(each -> letters(each).test(topic))) {
                    topics.add(topic);
                }
            }
        }
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        Map<TopicPartition, OffsetSpec> last = new HashMap<>();
        for (TopicDescription topic :
                admin.describeTopics(topics).allTopicNames().get().values()) {
            topic.partitions().forEach(each -> {
                TopicPartition partition = new TopicPartition(topic.name(), each.partition());
                first.put(partition, OffsetSpec.earliest());
                last.put(partition, OffsetSpec.latest());
            });
        }
        Map<String, Long> counts = new TreeMap<>();
        add(counts, admin.listOffsets(last).all().get(), 1);
        add(counts, admin.listOffsets(first).all().get(), -1);
        return counts;
    }

    private static void add(Map<String, Long> counts, Map<TopicPartition, ListOffsetsResultInfo> offsets, int sign) {
        offsets.forEach((partition, at) -> counts.merge(partition.topic(), sign * at.offset(), Long::sum));
    }

    private static Predicate<String> letters(TopicEndpoint endpoint) {
        String named = endpoint.inbound().deadLetters();
        if (named != null) {
            return named::equals;
        }
        String topics = endpoint.getConfiguration().getTopic();
        if (endpoint.getConfiguration().isTopicIsPattern()) {
            return Pattern.compile("(?:" + topics + ")" + Pattern.quote(DeadLetterTopic.SUFFIX))
                    .asMatchPredicate();
        }
        return topic -> List.of(topics.split("\\s*,\\s*"))
                .contains(
                        topic.endsWith(DeadLetterTopic.SUFFIX)
                                ? topic.substring(0, topic.length() - DeadLetterTopic.SUFFIX.length())
                                : "");
    }
}

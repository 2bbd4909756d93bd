package io.bactrian.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How a test of faults looks at a platform as its operator does: by the API, and by the log. */
public final class Faults {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TRACE = Pattern.compile("^(\\s+at [\\w.$]+|Caused by: |\\s*\\.\\.\\. \\d+ more).*");

    private Faults() {}

    /** Waits for a condition, up to a minute; a failure shows the platform's log. */
    public static ConditionFactory awaiting(PlatformProcess platform) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .conditionEvaluationListener(condition -> {
                    if (condition.getRemainingTimeInMS() < 100 && !condition.isSatisfied()) {
                        System.err.println(platform.output());
                    }
                });
    }

    /** What the API answers, which must be 200. */
    public static JsonNode json(PlatformProcess platform, String path) throws Exception {
        var answer = platform.call("GET", path, null);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** Readiness with its details, whatever the status. */
    public static String readiness(PlatformProcess platform) throws Exception {
        var answer = platform.call("GET", "/health/ready", null);
        return answer.statusCode() + " " + answer.body();
    }

    public static List<String> lines(String output, String part) {
        return output.lines().filter(line -> line.contains(part)).toList();
    }

    /** The lines of stack traces: what was foreseen has none. */
    public static List<String> stackTraces(String output) {
        return output.lines().filter(line -> TRACE.matcher(line).matches()).toList();
    }
}

package io.bactrian.camel.routes;

import io.bactrian.change.Change;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a route file did with changes of the past, and what it would have sent.
 *
 * @param error why it can't be loaded; null where it can
 * @param tried by subscription
 * @param idle routes that begin with something else than changes, and did not run
 * @param warnings what its author should know
 */
public record RouteTrialReport(
        String file, @Nullable RouteFileError error, List<Tried> tried, List<String> idle, List<String> warnings) {

    /**
     * One route from {@code changes:}.
     *
     * @param dropped changes that it would not have been told, since the first that it was
     */
    public record Tried(String subscription, String database, List<Delivery> deliveries, List<Dropped> dropped) {}

    /**
     * One change, or a batch of them, and what became of it.
     *
     * @param outcome {@code delivered}, or how it would have failed: {@code failed}, {@code retry-at}, {@code given-up},
     *     {@code disabled}; {@code unfinished} and {@code not-tried} where the time was up
     */
    public record Delivery(
            List<Told> changes, String outcome, @Nullable String error, List<Send> sends) {}

    /** A change, so that one knows it again. */
    public record Told(String id, long position, String table, String operation, Map<String, ?> key) {
        static Told of(Change change) {
            return new Told(
                    change.id().toString(),
                    change.position(),
                    change.table(),
                    change.operation().word(),
                    change.key());
        }
    }

    /** @param reason {@code table}, {@code operation}, {@code echo} or {@code column} */
    public record Dropped(Told change, String reason) {}

    /**
     * What a route would have sent, or asked for.
     *
     * @param what {@code send}, {@code poll} (it would have waited for a message), or {@code log}
     * @param to the endpoint, without secrets
     * @param headers those that the route set
     * @param body as it was handed to the endpoint; null where there was none
     */
    public record Send(
            String what,
            @Nullable String route,
            String to,
            Map<String, String> headers,
            @Nullable String body) {}
}

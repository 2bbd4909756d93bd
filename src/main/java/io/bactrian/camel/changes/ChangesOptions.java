package io.bactrian.camel.changes;

import io.bactrian.change.Operation;
import io.bactrian.subscription.SubscriptionSettings;
import io.bactrian.subscription.SubscriptionSettings.OnDead;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import io.bactrian.subscription.SubscriptionSettings.StartFrom;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/** How a {@code changes:} endpoint's subscription reads and retries: the options as the route file writes them. */
@UriParams
public final class ChangesOptions {
    private static final int DEFAULT_LANES = 8;

    @UriParam(description = "The party that this route listens for: what that party wrote is not told.")
    private @Nullable String origin;

    @UriParam(description = "Tells also what the party named by origin wrote itself.")
    private boolean echo;

    @UriParam(
            description =
                    "The operations to hear of, separated by commas: insert, update, delete, truncate. Rows of a snapshot always pass.",
            defaultValue = "insert,update,delete")
    private String operations = "insert,update,delete";

    @UriParam(description = "Hear of an update only when one of these columns changed; separated by commas.")
    private @Nullable String columns;

    @UriParam(
            description =
                    "Where a new subscription starts: now, earliest, a position, or an ISO 8601 time. A known one goes on where it was.",
            defaultValue = "now")
    private String from = "now";

    @UriParam(description = "Whether the rows that exist are told first.", defaultValue = "never", enums = "never")
    private String snapshot = "never";

    @UriParam(
            description = "Which changes wait for which: those of the same key, all (journal), or none.",
            defaultValue = "key",
            enums = "key,journal,none")
    private @Nullable String ordering;

    @UriParam(
            description = "How many changes are under way at once; a key always travels in the same lane.",
            defaultValue = "8")
    private @Nullable Integer lanes;

    @UriParam(
            description =
                    "How many changes one exchange may carry. Above 1 the body is a list of io.bactrian.change.Change in journal order.",
            defaultValue = "1")
    private int batch = 1;

    @UriParam(
            description = "Quick tries within 2 seconds, before a failed change is parked.",
            defaultValue = "3",
            label = "retry")
    private int retryQuick = 3;

    @UriParam(
            description = "Tries of a parked change before it becomes a dead letter.",
            defaultValue = "10",
            label = "retry")
    private int retryMax = 10;

    @UriParam(
            description = "How long a change is parked before its first further try.",
            defaultValue = "5s",
            label = "retry",
            javaType = "java.time.Duration")
    private Duration retryDelay = Duration.ofSeconds(5);

    @UriParam(description = "By what the delay grows with each try.", defaultValue = "2", label = "retry")
    private double retryBackoff = 2;

    @UriParam(description = "The longest delay.", defaultValue = "1h", label = "retry", javaType = "java.time.Duration")
    private Duration retryMaxDelay = Duration.ofHours(1);

    @UriParam(
            description = "By what part a delay varies at random, from 0 to 1.",
            defaultValue = "0.2",
            label = "retry")
    private double retryJitter = 0.2;

    @UriParam(
            description = "How many changes may be parked before the subscription pauses.",
            defaultValue = "10000",
            label = "retry")
    private int parkMax = 10000;

    @UriParam(
            description = "What a dead letter does: it is kept and others go on, or the subscription pauses.",
            defaultValue = "keep",
            label = "retry",
            enums = "keep,pause")
    private String onDead = "keep";

    /**
     * The settings that these options mean.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    SubscriptionSettings settings(String name, String database, String tables) {
        return settings(name, database, tables, operations());
    }

    /** The same for these operations, whatever the option says. */
    SubscriptionSettings settings(String name, String database, String tables, Set<Operation> operations) {
        Ordering order = order();
        return new SubscriptionSettings(
                name,
                database,
                words(tables),
                operations,
                columns == null ? Set.of() : words(columns),
                origin,
                echo,
                new StartFrom(from),
                order,
                laneCount(order),
                batch,
                new RetryPolicy(retryQuick, retryMax, retryDelay, retryBackoff, retryMaxDelay, retryJitter),
                parkMax,
                chosen("onDead", onDead, OnDead.values()));
    }

    private Set<Operation> operations() {
        Set<Operation> chosen = words(operations).stream()
                .map(word -> option("operations", word, Operation::ofWord))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (chosen.contains(Operation.EVENT)) {
            throw new IllegalArgumentException(
                    "Option operations=" + operations + ": what database code emits is heard by events:NAME");
        }
        return chosen;
    }

    private Ordering order() {
        if (!"never".equalsIgnoreCase(snapshot)) {
            throw new IllegalArgumentException(
                    "Option snapshot is '" + snapshot + "': that belongs to a later version of Bactrian; use never");
        }
        if (ordering == null) {
            return batch > 1 ? Ordering.JOURNAL : Ordering.KEY;
        }
        Ordering order = chosen("ordering", ordering, Ordering.values());
        if (batch > 1 && order != Ordering.JOURNAL) {
            throw new IllegalArgumentException("Options batch=" + batch + " and ordering=" + ordering
                    + " don't go together: a batch is in journal order (leave ordering out, or batch)");
        }
        return order;
    }

    private int laneCount(Ordering order) {
        if (order != Ordering.JOURNAL) {
            return lanes == null ? DEFAULT_LANES : lanes;
        }
        if (lanes != null && lanes != 1) {
            throw new IllegalArgumentException(
                    "Option lanes=" + lanes + " needs ordering=key or none: in journal order there is one lane");
        }
        return 1;
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static <E extends Enum<E>> E chosen(String option, String word, E[] choices) {
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(word.strip())) {
                return choice;
            }
        }
        String allowed = Arrays.stream(choices)
                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("Option " + option + " is '" + word + "': use " + allowed);
    }

    private static <T> T option(String option, String value, Function<String, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Option " + option + ": " + e.getMessage(), e);
        }
    }

    public @Nullable String getOrigin() {
        return origin;
    }

    public void setOrigin(@Nullable String origin) {
        this.origin = origin;
    }

    public boolean isEcho() {
        return echo;
    }

    public void setEcho(boolean echo) {
        this.echo = echo;
    }

    public String getOperations() {
        return operations;
    }

    public void setOperations(String operations) {
        this.operations = operations;
    }

    public @Nullable String getColumns() {
        return columns;
    }

    public void setColumns(@Nullable String columns) {
        this.columns = columns;
    }

    public String getFrom() {
        return from;
    }

    public void setFrom(String from) {
        this.from = from;
    }

    public String getSnapshot() {
        return snapshot;
    }

    public void setSnapshot(String snapshot) {
        this.snapshot = snapshot;
    }

    public @Nullable String getOrdering() {
        return ordering;
    }

    public void setOrdering(@Nullable String ordering) {
        this.ordering = ordering;
    }

    public @Nullable Integer getLanes() {
        return lanes;
    }

    public void setLanes(@Nullable Integer lanes) {
        this.lanes = lanes;
    }

    public int getBatch() {
        return batch;
    }

    public void setBatch(int batch) {
        this.batch = batch;
    }

    public int getRetryQuick() {
        return retryQuick;
    }

    public void setRetryQuick(int retryQuick) {
        this.retryQuick = retryQuick;
    }

    public int getRetryMax() {
        return retryMax;
    }

    public void setRetryMax(int retryMax) {
        this.retryMax = retryMax;
    }

    public Duration getRetryDelay() {
        return retryDelay;
    }

    public void setRetryDelay(Duration retryDelay) {
        this.retryDelay = retryDelay;
    }

    public double getRetryBackoff() {
        return retryBackoff;
    }

    public void setRetryBackoff(double retryBackoff) {
        this.retryBackoff = retryBackoff;
    }

    public Duration getRetryMaxDelay() {
        return retryMaxDelay;
    }

    public void setRetryMaxDelay(Duration retryMaxDelay) {
        this.retryMaxDelay = retryMaxDelay;
    }

    public double getRetryJitter() {
        return retryJitter;
    }

    public void setRetryJitter(double retryJitter) {
        this.retryJitter = retryJitter;
    }

    public int getParkMax() {
        return parkMax;
    }

    public void setParkMax(int parkMax) {
        this.parkMax = parkMax;
    }

    public String getOnDead() {
        return onDead;
    }

    public void setOnDead(String onDead) {
        this.onDead = onDead;
    }
}

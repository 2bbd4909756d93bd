package io.bactrian.subscription;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.journal.Entry;
import io.bactrian.subscription.SubscriptionSettings.Ordering;
import io.bactrian.subscription.SubscriptionSettings.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiver that fails, defers, gives up and answers from other threads at random, and crashes between: whatever it
 * does, each key's changes come one after another in commit order, none is lost, and ids stay.
 */
class SubscriptionOrderTest {
    private static final int CHANGES = 1_500;
    private static final RetryPolicy RETRY =
            new RetryPolicy(2, 2, Duration.ofMillis(3), 1.5, Duration.ofMillis(20), 0.5);

    @TempDir
    Path directory;

    private Platform platform;
    private ScheduledExecutorService threads;

    @BeforeEach
    void start() {
        platform = new Platform(directory);
        threads = Executors.newScheduledThreadPool(3);
    }

    @AfterEach
    void stop() {
        platform.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("invariants 3, 4, 5, 7: order per key under failures, key changes, truncates and crashes")
    void eachKeyIsToldInOrderAndNothingIsLost(long seed) {
        run(seed, Ordering.KEY, 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    @DisplayName("invariants 3, 4, 7: the whole journal in order")
    void theJournalIsToldInOrder(long seed) {
        run(seed, Ordering.JOURNAL, 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {21})
    @DisplayName("invariants 4, 7: without order nothing is lost either")
    void withoutOrderNothingIsLost(long seed) {
        run(seed, Ordering.NONE, 2);
    }

    @ParameterizedTest
    @Tag("full")
    @ValueSource(longs = {101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118})
    @DisplayName("invariants 3, 4, 5, 7: many more crashes")
    void eachKeyIsToldInOrderThroughManyCrashes(long seed) {
        run(seed, Ordering.KEY, 15);
    }

    private void run(long seed, Ordering ordering, int crashes) {
        Random random = new Random(seed);
        Witness witness = new Witness(ordering, random.nextLong());
        SubscriptionSettings settings = Platform.settings("witness")
                .operations(Operation.INSERT, Operation.UPDATE, Operation.DELETE, Operation.TRUNCATE)
                .ordering(ordering)
                .lanes(1 + random.nextInt(8))
                .retry(RETRY)
                .build();
        platform.subscriptions.open(settings, witness.life());
        List<Change> all = new ArrayList<>();
        for (int crash = 0; crash <= crashes; crash++) {
            int until = CHANGES * (crash + 1) / (crashes + 1);
            while (all.size() < until) {
                all.addAll(platform.append(page(random)));
            }
            if (crash < crashes) {
                int enough = witness.calls() + random.nextInt(200);
                await().until(() -> witness.calls() >= enough || idle());
                platform.crash();
                platform.subscriptions.open(settings, witness.life());
            }
        }
        await().atMost(Duration.ofSeconds(60)).until(this::idle);
        platform.restart();
        witness.check(all, platform.subscriptions.deadLetters().list("witness", Long.MAX_VALUE, 100_000));
    }

    private boolean idle() {
        SubscriptionStatus status = platform.subscriptions.find("witness").orElseThrow();
        if (status.state() != SubscriptionStatus.State.RUNNING) {
            throw new AssertionError(status.toString());
        }
        return status.lag() == 0 && status.parked() == 0;
    }

    private List<Entry> page(Random random) {
        List<Entry> page = new ArrayList<>();
        for (int size = 1 + random.nextInt(40); size > 0; size--) {
            int kind = random.nextInt(200);
            int key = random.nextInt(12);
            if (kind == 0) {
                page.add(platform.entry(Operation.TRUNCATE, "orders", "{}", null));
            } else if (kind < 12) {
                page.add(platform.entry(Operation.UPDATE, "orders", Platform.key(key), Platform.key((key + 1) % 12)));
            } else {
                page.add(platform.entry(Operation.UPDATE, "orders", Platform.key(key), null));
            }
        }
        return page;
    }

    /** Answers at random and holds every call against the order that must be kept. */
    private final class Witness {
        private final Ordering ordering;
        private final Random random;
        private final Map<String, Change> inFlight = new HashMap<>();
        private final Map<String, Long> lastOfKey = new HashMap<>();
        private final Map<String, Long> lastDelivered = new HashMap<>();
        private final Map<String, Long> highestDelivered = new HashMap<>();
        private final Map<Long, String> ids = new TreeMap<>();
        private final Set<Long> delivered = new HashSet<>();
        private final List<String> events = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();
        private int life;
        private int calls;

        Witness(Ordering ordering, long seed) {
            this.ordering = ordering;
            this.random = new Random(seed);
        }

        synchronized int calls() {
            return calls;
        }

        /** A new life after a crash: what was in flight may have arrived or not, and it begins at a lower position. */
        synchronized ChangeHandler life() {
            int mine = ++life;
            inFlight.clear();
            lastOfKey.clear();
            events.add("life " + mine);
            return (changes, attempt, generation, done) -> handle(changes.get(0), attempt, mine, done);
        }

        private void handle(Change change, int attempt, int mine, Consumer<DeliveryOutcome> done) {
            DeliveryOutcome outcome;
            int delay;
            synchronized (this) {
                calls++;
                if (mine == life) {
                    begin(change, attempt);
                }
                outcome = outcome(random.nextInt(100));
                delay = random.nextInt(5) - 2;
            }
            Runnable answer = () -> {
                end(change, outcome, mine);
                done.accept(outcome);
            };
            if (delay <= 0) {
                answer.run();
            } else {
                threads.schedule(answer, delay * 200L, TimeUnit.MICROSECONDS);
            }
        }

        private DeliveryOutcome outcome(int kind) {
            Exception cause = new IllegalStateException("by chance");
            if (kind < 70) {
                return DeliveryOutcome.Delivered.INSTANCE;
            } else if (kind < 92) {
                return new DeliveryOutcome.Failed(cause);
            } else if (kind < 98) {
                return new DeliveryOutcome.RetryAt(Instant.now().plusMillis(5), cause);
            }
            return new DeliveryOutcome.GivenUp(cause);
        }

        private void begin(Change change, int attempt) {
            events.add(change.position() + " " + keys(change) + " attempt " + attempt);
            String known = ids.putIfAbsent(change.position(), change.id().toString());
            if (known != null && !known.equals(change.id().toString())) {
                wrong.add("Position " + change.position() + " was " + known + ", is " + change.id());
            }
            if (ordering == Ordering.NONE) {
                return;
            }
            boolean barrier = change.operation() == Operation.TRUNCATE;
            for (Map.Entry<String, Change> other : inFlight.entrySet()) {
                if (barrier || other.getKey().equals("*") || keys(change).contains(other.getKey())) {
                    wrong.add(change.position() + " began while "
                            + other.getValue().position() + " was in flight");
                }
            }
            for (Map.Entry<String, Long> last : lastOfKey.entrySet()) {
                boolean same =
                        barrier || last.getKey().equals("*") || keys(change).contains(last.getKey());
                if (same && last.getValue() > change.position()) {
                    wrong.add(change.position() + " began after " + last.getValue() + " of " + last.getKey());
                }
            }
            for (String key : keys(change)) {
                inFlight.put(key, change);
                lastOfKey.merge(key, change.position(), Math::max);
            }
        }

        private synchronized void end(Change change, DeliveryOutcome outcome, int mine) {
            if (mine == life) {
                keys(change).forEach(inFlight::remove);
                if (outcome instanceof DeliveryOutcome.Delivered) {
                    lastDelivered.put(change.keyJson(), change.position());
                    highestDelivered.merge(change.keyJson(), change.position(), Math::max);
                }
            }
            events.add(change.position() + " " + outcome.getClass().getSimpleName());
            if (outcome instanceof DeliveryOutcome.Delivered) {
                delivered.add(change.position());
            }
        }

        private Set<String> keys(Change change) {
            if (ordering == Ordering.JOURNAL || change.operation() == Operation.TRUNCATE) {
                return Set.of("*");
            }
            Set<String> keys = new HashSet<>();
            keys.add(change.keyJson());
            if (change.keyBeforeJson() != null) {
                keys.add(change.keyBeforeJson());
            }
            return keys;
        }

        synchronized void check(List<Change> all, List<DeadLetters.DeadLetter> dead) {
            Set<Long> letters =
                    dead.stream().map(letter -> letter.change().position()).collect(Collectors.toSet());
            for (Change change : all) {
                if (!delivered.contains(change.position()) && !letters.contains(change.position())) {
                    wrong.add("Lost: " + change.position());
                }
            }
            highestDelivered.forEach((key, highest) -> {
                if (ordering != Ordering.NONE
                        && !highest.equals(lastDelivered.get(key))
                        && !letters.contains(highest)) {
                    wrong.add(key + " is left as of " + lastDelivered.get(key) + " though " + highest + " was told");
                }
            });
            if (!wrong.isEmpty()) {
                fail(wrong.size() + " faults, first " + wrong.subList(0, Math.min(5, wrong.size())) + "\n"
                        + String.join("\n", events));
            }
            assertEquals(List.of(), wrong);
        }
    }
}

package io.bactrian.subscription;

import io.bactrian.change.Change;
import io.bactrian.journal.Journal;
import io.bactrian.store.DeadLetterTable;
import io.bactrian.store.ParkedTable;
import io.bactrian.store.SubscriptionTable;
import io.bactrian.subscription.SubscriptionStatus.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open subscription: what an operator does to it, and the {@link Run} that does the work between. Thread-safe;
 * starting, pausing, replaying and closing go one after another.
 */
final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(15);

    /** How it stands, in one piece. */
    private record Standing(
            State state, @Nullable String reason, @Nullable Instant since) {}

    private final SubscriptionSettings settings;
    private final ChangeHandler handler;
    private final Journal journal;
    private final Shared shared;
    private final Counters counters = new Counters();
    private volatile Standing standing = new Standing(State.STOPPED, "It has not started yet", null);
    private volatile @Nullable Run run;
    private boolean closed;

    Subscription(SubscriptionSettings settings, ChangeHandler handler, Journal journal, Shared shared) {
        this.settings = settings;
        this.handler = handler;
        this.journal = journal;
        this.shared = shared;
    }

    /** Finds or makes its row, and starts unless it is paused. */
    synchronized void open() {
        SubscriptionTable.Row row = shared.store()
                .read(connection -> SubscriptionTable.find(connection, settings.name()))
                .orElse(null);
        if (row == null) {
            row = begin();
        } else if (!row.database().equals(settings.database())) {
            throw new SubscriptionException("Subscription '" + settings.name() + "' reads the database '"
                    + row.database() + "'; to read '" + settings.database()
                    + "' give it another name, or delete it first");
        } else if (row.orphaned() != null) {
            shared.store().writeNow(connection -> {
                SubscriptionTable.setOrphaned(connection, settings.name(), null);
                return true;
            });
        }
        if (row.state().equals(word(State.PAUSED))) {
            standing = new Standing(State.PAUSED, row.reason(), null);
            LOG.info("{}: is paused: {}", settings.name(), row.reason());
        } else {
            if (row.state().equals(word(State.STOPPED))) {
                write(connection -> SubscriptionTable.setState(connection, settings.name(), word(State.RUNNING), null));
            }
            start(row, false);
        }
    }

    private SubscriptionTable.Row begin() {
        long after = startingPosition();
        SubscriptionTable.Row row = new SubscriptionTable.Row(
                settings.name(),
                settings.database(),
                after,
                word(State.RUNNING),
                null,
                shared.clock().instant(),
                null,
                0,
                after);
        shared.store().writeNow(connection -> {
            SubscriptionTable.insert(connection, row);
            return true;
        });
        LOG.info(
                "{}: a new subscription, from {} (after position {})",
                settings.name(),
                settings.from().text(),
                row.position());
        return row;
    }

    private long startingPosition() {
        String from = settings.from().text();
        Instant time = settings.from().time();
        if (time != null) {
            return journal.positionBefore(time).orElse(journal.last());
        }
        return switch (from) {
            case "now" -> journal.last();
            case "earliest" -> journal.first() - 1;
            default -> Long.parseLong(from);
        };
    }

    private void start(SubscriptionTable.Row row, boolean atOnce) {
        long position = row.position();
        if (position > journal.last()) {
            LOG.warn(
                    "{}: its position {} is past the end of the journal at {}, which must have been replaced; it goes"
                            + " on from there",
                    settings.name(),
                    position,
                    journal.last());
            position = journal.last();
        }
        if (journal.first() > position + 1) {
            stopped(Feed.gone(position, journal));
            return;
        }
        List<ParkedTable.Row> parked =
                shared.store().read(connection -> ParkedTable.waiting(connection, settings.name()));
        standing = new Standing(State.RUNNING, null, null);
        Run next = new Run(this, position, row.generation());
        run = next;
        next.start(parked, atOnce);
    }

    private void stopped(String reason) {
        write(connection -> SubscriptionTable.setState(connection, settings.name(), word(State.STOPPED), reason));
        halted(State.STOPPED, reason);
    }

    /** The run halted by itself; under its lock. */
    void halted(State state, String reason) {
        standing = new Standing(state, reason, shared.clock().instant());
        LOG.warn("{}: {}: {}", settings.name(), word(state), reason);
    }

    void leftInFlight(int deliveries) {
        LOG.warn("{}: {} deliveries did not finish in time and are left; they come again", settings.name(), deliveries);
    }

    synchronized void pause(String reason) {
        stopRun();
        write(connection -> SubscriptionTable.setState(connection, settings.name(), word(State.PAUSED), reason));
        standing = new Standing(State.PAUSED, reason, null);
    }

    synchronized void resume() {
        if (closed || standing.state() == State.RUNNING) {
            return;
        }
        stopRun();
        SubscriptionTable.Row row = row();
        if (journal.first() > row.position() + 1) {
            throw new SubscriptionException(Feed.gone(row.position(), journal));
        }
        write(connection -> SubscriptionTable.setState(connection, settings.name(), word(State.RUNNING), null));
        start(row, true);
    }

    /**
     * What comes after {@code position} is delivered again, in a new generation; what is parked there will come again
     * too, so it is dropped.
     */
    synchronized void replay(long position) {
        refuseBeyond(journal, position);
        boolean paused = standing.state() == State.PAUSED;
        stopRun();
        write(connection -> {
            rewind(connection, settings.name(), position);
            if (!paused) {
                SubscriptionTable.setState(connection, settings.name(), word(State.RUNNING), null);
            }
        });
        if (!paused && !closed) {
            start(row(), false);
        }
    }

    static void rewind(Connection connection, String name, long position) throws SQLException {
        SubscriptionTable.replay(connection, name, position);
        ParkedTable.deleteAfter(connection, name, position);
    }

    static void refuseBeyond(Journal journal, long position) {
        if (position < journal.first() - 1 || position > journal.last()) {
            throw new SubscriptionException("Position " + position + " is not in the journal of '" + journal.database()
                    + "': use " + (journal.first() - 1) + " to " + journal.last());
        }
    }

    /** Parks a dead letter again, behind the changes of its key that are on their way. */
    synchronized void takeBack(DeadLetterTable.Row letter, Change change, int generation) {
        Parked parked = Parked.of(
                List.of(change), settings.kept(), generation, shared.clock().instant());
        Ledger.Entry entry = DeadLetters.returned(letter, change, generation);
        CompletableFuture<Boolean> noted = new CompletableFuture<>();
        Run current = run;
        if (current != null
                && current.takeBack(parked, change, entry, () -> {
                    parked.changes = null;
                    noted.complete(true);
                })) {
            noted.orTimeout(WRITTEN_WITHIN.toMillis(), TimeUnit.MILLISECONDS).join();
        } else {
            write(entry);
        }
    }

    synchronized void close() {
        closed = true;
        stopRun();
    }

    /** As a crash would end it. */
    void kill() {
        Run current = run;
        if (current != null) {
            current.kill();
        }
    }

    private void stopRun() {
        Run current = run;
        run = null;
        if (current != null) {
            current.close();
        }
    }

    SubscriptionStatus status() {
        Standing now = standing;
        Run current = run;
        Progress progress = current == null ? null : current.progress();
        long position = progress == null ? row().position() : progress.position();
        String name = settings.name();
        long parked = progress != null
                ? progress.parked()
                : shared.store().read(connection -> ParkedTable.count(connection, name));
        long dead = shared.store().read(connection -> DeadLetterTable.count(connection, name));
        return new SubscriptionStatus(
                name,
                settings.database(),
                now.state(),
                position,
                journal.countAfter(position),
                lagSeconds(
                        journal,
                        position,
                        progress == null ? null : progress.oldest(),
                        shared.clock().instant()),
                parked,
                dead,
                now.reason() != null ? now.reason() : progress == null ? null : progress.lastError(),
                now.reason() != null ? now.since() : progress == null ? null : progress.lastErrorAt());
    }

    static double lagSeconds(Journal journal, long position, @Nullable Instant known, Instant now) {
        Optional<Instant> oldest = known != null
                ? Optional.of(known)
                : journal.last() <= position
                        ? Optional.empty()
                        : journal.read(position, 1).stream()
                                .map(Change::collected)
                                .findFirst();
        return oldest.map(since -> Math.max(0, now.toEpochMilli() - since.toEpochMilli()) / 1000.0)
                .orElse(0.0);
    }

    private SubscriptionTable.Row row() {
        return shared.store()
                .read(connection -> SubscriptionTable.find(connection, settings.name()))
                .orElseThrow(() -> new SubscriptionException.Unknown(settings.name()));
    }

    private void write(Ledger.Entry entry) {
        shared.store().writeNow(connection -> {
            entry.write(connection);
            return true;
        });
    }

    static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    SubscriptionSettings settings() {
        return settings;
    }

    ChangeHandler handler() {
        return handler;
    }

    Journal journal() {
        return journal;
    }

    Shared shared() {
        return shared;
    }

    Counters counters() {
        return counters;
    }
}

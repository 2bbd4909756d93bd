package io.bactrian.database.postgresql;

import io.bactrian.database.CapturedRow;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.SeqRun;
import io.bactrian.database.TriggerDialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Collecting from PostgreSQL.
 *
 * <p>Wake-up: while this session holds the wake-up lock, a trigger that can't share it notifies. The lock is taken
 * before sleeping, by a try (a long writer may share it), and kept until a read gives many rows or the writers are busy;
 * so busy writers don't notify at all and are polled, and quiet ones wake at once. What was committed between the last read and the taking of the lock is
 * found by the read that follows the taking.
 */
final class PostgresqlCollectorSession implements CollectorSession {
    private static final int LOCKS = TriggerDialect.WAKE_LOCK_CLASS;
    private static final int WAKE_UP = TriggerDialect.WAKE_LOCK_OBJECT;
    private static final int TURN = 2;

    /** Bounds a page's memory, whatever the rows hold. */
    private static final long LARGEST_PAGE = 8L << 20;

    private static final int LARGEST_FETCH = 1_000;
    private static final long SHORTEST_POLL_MILLIS = 5;
    private static final long LONGEST_POLL_MILLIS = 50;
    /** Lets a page gather some rows: each page costs three syncs, which the writers pay with. */
    private static final long BUSY_POLL_MILLIS = 10;
    /** A net under the notifications, and how often a stop is looked for. */
    private static final int SLOW_POLL_MILLIS = 500;

    private static final String ROWS = """
            SELECT seq, transaction, "table", operation, key, old, new, origin, at
            FROM bactrian.change
            """;

    private final Connection connection;
    private final PGConnection notifications;
    private final PreparedStatement page;
    private final PreparedStatement deletion;
    private final PreparedStatement swap;
    private final Semaphore woken = new Semaphore(0);
    private final Map<String, String> known = new HashMap<>();
    /** Whether the triggers notify at all: the condition is theirs. */
    private final boolean notifies;

    private final WriteRate rate = new WriteRate(System.nanoTime());
    private boolean holdsWakeUpLock;
    private long poll = SHORTEST_POLL_MILLIS;

    PostgresqlCollectorSession(Connection connection) throws SQLException {
        this.connection = connection;
        this.notifications = connection.unwrap(PGConnection.class);
        execute("LISTEN bactrian");
        // Our commits tell a lost delete from a restored backup: they wait for the disk whatever the default.
        execute(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'");
        // The table is empty at one moment and full at the next: a cached plan must be the one by the primary key.
        execute("SET enable_seqscan = off");
        execute("SET enable_sort = off");
        execute("SET enable_bitmapscan = off");
        execute("SET jit = off");
        notifies = is(
                "current_setting('max_prepared_transactions') = '0' OR current_setting('bactrian.notify', true) = 'on'");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        page = connection.prepareStatement(ROWS + "ORDER BY seq LIMIT ?");
        deletion = connection.prepareStatement("DELETE FROM bactrian.change WHERE seq BETWEEN ? AND ?");
        swap = connection.prepareStatement("""
                UPDATE bactrian.meta SET value = ?
                WHERE name = 'token' AND value = ?
                  AND EXISTS (SELECT FROM bactrian.meta WHERE name = 'owner' AND value = ?)
                """);
    }

    @Override
    public Removal removal() {
        return Removal.WITH_EACH_PAGE;
    }

    @Override
    public boolean takeTurn() throws SQLException {
        return tryLock(TURN);
    }

    @Override
    public Optional<Meta> meta() throws SQLException {
        Map<String, String> values = new HashMap<>();
        boolean installed = is("to_regclass('bactrian.meta') IS NOT NULL");
        if (installed) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT name, value FROM bactrian.meta")) {
                while (row.next()) {
                    values.put(row.getString(1), row.getString(2));
                }
            }
        }
        connection.rollback();
        if (!installed) {
            return Optional.empty();
        }
        return Optional.of(new Meta(
                values.getOrDefault("owner", ""), number(values.get("epoch")), values.getOrDefault("token", "")));
    }

    @Override
    public boolean claim(String owner) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE bactrian.meta SET value = ? WHERE name = 'owner' AND value = ''")) {
            update.setString(1, owner);
            return committed(update.executeUpdate() == 1);
        }
    }

    @Override
    public boolean begin(String owner, String token, long epoch, String nextToken) throws SQLException {
        boolean swapped = swap(owner, token, nextToken);
        if (swapped) {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE bactrian.meta SET value = ? WHERE name = 'epoch'")) {
                update.setString(1, Long.toString(epoch));
                update.executeUpdate();
            }
        }
        return committed(swapped);
    }

    /** All that is visible, from the start: a cursor would pass over rows of transactions that commit later. */
    @Override
    public List<CapturedRow> read(long after, int limit) throws SQLException {
        page.setInt(1, limit);
        List<CapturedRow> rows = rows(page);
        rate.read(rows.size(), System.nanoTime());
        if (rows.isEmpty()) {
            connection.rollback();
            return rows;
        }
        // The removal goes on in this transaction, which holds no snapshot meanwhile (READ COMMITTED).
        poll = SHORTEST_POLL_MILLIS;
        if (holdsWakeUpLock && (rows.size() >= MANY || rate.busy())) {
            unlock();
        }
        return rows;
    }

    @Override
    public List<CapturedRow> read(List<Long> seqs) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(ROWS + "WHERE seq = ANY (?) ORDER BY seq")) {
            query.setArray(1, connection.createArrayOf("bigint", seqs.toArray()));
            List<CapturedRow> rows = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.add(row(row));
                }
            }
            connection.rollback();
            return rows;
        }
    }

    @Override
    public Removed remove(List<SeqRun> runs, String owner, String token, String nextToken) throws SQLException {
        // By runs, so that it never comes near a row of a transaction that goes on; in one round trip.
        for (SeqRun run : runs) {
            deletion.setLong(1, run.first());
            deletion.setLong(2, run.last());
            deletion.addBatch();
        }
        deletion.executeBatch();
        return committed(swap(owner, token, nextToken)) ? Removed.DONE : Removed.REFUSED;
    }

    /** By the ends of the table: rolled back and collected numbers in between count too. */
    @Override
    public long backlog(long after) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT coalesce(max(seq) - min(seq) + 1, 0) FROM bactrian.change")) {
            row.next();
            long rows = row.getLong(1);
            connection.rollback();
            return rows;
        }
    }

    @Override
    public void await() throws SQLException, InterruptedException {
        if (rate.busy()) {
            woken.tryAcquire(BUSY_POLL_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        if (!holdsWakeUpLock) {
            holdsWakeUpLock = notifies && tryLock(WAKE_UP);
            if (!holdsWakeUpLock) {
                // The triggers never notify, or a writer shares the lock and won't notify when it commits.
                woken.tryAcquire(poll, TimeUnit.MILLISECONDS);
                poll = Math.min(LONGEST_POLL_MILLIS, poll * 2);
            }
            return;
        }
        poll = SHORTEST_POLL_MILLIS;
        if (!woken.tryAcquire()) {
            notifications.getNotifications(SLOW_POLL_MILLIS);
        }
    }

    @Override
    public void wake() {
        woken.release();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private List<CapturedRow> rows(PreparedStatement query) throws SQLException {
        List<CapturedRow> rows = new ArrayList<>();
        long size = 0;
        query.setFetchSize(LARGEST_FETCH);
        try (ResultSet row = query.executeQuery()) {
            while (size < LARGEST_PAGE && row.next()) {
                CapturedRow captured = row(row);
                size += captured.size();
                rows.add(captured);
            }
        }
        return rows;
    }

    // The columns read without a check are declared NOT NULL.
    private CapturedRow row(ResultSet row) throws SQLException {
        return new CapturedRow(
                row.getLong(1),
                text(row, 2),
                shared(text(row, 3)),
                shared(text(row, 4)),
                text(row, 5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                Objects.requireNonNull(row.getObject(9, OffsetDateTime.class)).toInstant());
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getString(column));
    }

    /** One string for the few names that come again and again. */
    private String shared(String name) {
        String earlier = known.putIfAbsent(name, name);
        return earlier == null ? name : earlier;
    }

    private boolean swap(String owner, String token, String nextToken) throws SQLException {
        swap.setString(1, nextToken);
        swap.setString(2, token);
        swap.setString(3, owner);
        return swap.executeUpdate() == 1;
    }

    private boolean committed(boolean wanted) throws SQLException {
        if (wanted) {
            connection.commit();
        } else {
            connection.rollback();
        }
        return wanted;
    }

    /** Outlives the transaction. */
    private boolean tryLock(int lock) throws SQLException {
        boolean taken = is("pg_try_advisory_lock(" + LOCKS + ", " + lock + ")");
        connection.commit();
        return taken;
    }

    private boolean is(String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + condition)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private void unlock() throws SQLException {
        execute("SELECT pg_advisory_unlock(" + LOCKS + ", " + WAKE_UP + ")");
        connection.commit();
        holdsWakeUpLock = false;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(@Nullable String value) {
        return value == null || value.isEmpty() ? 0 : Long.parseLong(value);
    }
}

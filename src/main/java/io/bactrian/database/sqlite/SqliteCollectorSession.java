package io.bactrian.database.sqlite;

import io.bactrian.database.CapturedRow;
import io.bactrian.database.CollectorSession;
import io.bactrian.database.SeqRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Collecting from SQLite.
 *
 * <p>There is one writer at a time, so sequence numbers are in commit order and a read may begin after the last one
 * collected. Removing rows takes the writers' lock, so it is done seldom, in tiny transactions, and never waits.
 *
 * <p>Wake-up: {@code PRAGMA data_version} changes when another connection committed; looking costs microseconds.
 */
final class SqliteCollectorSession implements CollectorSession {
    private static final long LARGEST_PAGE = 8L << 20;
    /** Rows removed in one transaction: about a millisecond. */
    private static final int TINY = 500;

    private static final int PATIENCE_MILLIS = 5_000;
    private static final long SHORTEST_POLL_MILLIS = 5;
    private static final long LONGEST_POLL_MILLIS = 50;
    private static final long SLOW_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final String ROWS = """
            SELECT seq, "transaction", "table", operation, key, old, new, origin, at
            FROM bactrian_change
            """;

    private final Connection connection;
    private final @Nullable Path file;
    private final @Nullable Object fileKey;
    private final PreparedStatement version;
    private @Nullable PreparedStatement page;
    private final Semaphore woken = new Semaphore(0);
    private long versionRead = -1;
    private long poll = SHORTEST_POLL_MILLIS;

    SqliteCollectorSession(Connection connection) throws SQLException {
        this.connection = connection;
        patience(PATIENCE_MILLIS);
        this.file = file(connection);
        this.fileKey = key(file);
        this.version = connection.prepareStatement("PRAGMA data_version");
    }

    @Override
    public Removal removal() {
        return Removal.WHEN_IDLE;
    }

    /** Nothing to tell by: the owner and the token keep two stores apart, and the lock on {@code data/} two processes. */
    @Override
    public boolean takeTurn() {
        return true;
    }

    @Override
    public Optional<Meta> meta() throws SQLException {
        if (!Objects.equals(fileKey, key(file))) {
            throw new SQLException(file + " was replaced by another file");
        }
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'bactrian_meta'")) {
                if (row.getInt(1) == 0) {
                    return Optional.empty();
                }
            }
            Map<String, String> values = new HashMap<>();
            try (ResultSet row = statement.executeQuery("SELECT name, value FROM bactrian_meta")) {
                while (row.next()) {
                    values.put(row.getString(1), row.getString(2));
                }
            }
            String epoch = values.getOrDefault("epoch", "");
            return Optional.of(new Meta(
                    values.getOrDefault("owner", ""),
                    epoch.isEmpty() ? 0 : Long.parseLong(epoch),
                    values.getOrDefault("token", "")));
        }
    }

    @Override
    public boolean claim(String owner) throws SQLException {
        return update("UPDATE bactrian_meta SET value = ? WHERE name = 'owner' AND value = ''", owner) == 1;
    }

    @Override
    public boolean begin(String owner, String token, long epoch, String nextToken) throws SQLException {
        execute("BEGIN IMMEDIATE");
        boolean swapped = swap(owner, token, nextToken);
        if (swapped) {
            update("UPDATE bactrian_meta SET value = ? WHERE name = 'epoch'", Long.toString(epoch));
        }
        execute(swapped ? "COMMIT" : "ROLLBACK");
        return swapped;
    }

    @Override
    public List<CapturedRow> read(long after, int limit) throws SQLException {
        // Before the rows: what is committed while they are read is news.
        versionRead = dataVersion();
        PreparedStatement query = page;
        if (query == null) {
            query = connection.prepareStatement(ROWS + "WHERE seq > ? ORDER BY seq LIMIT ?");
            page = query;
        }
        query.setLong(1, after);
        query.setInt(2, limit);
        List<CapturedRow> rows = rows(query);
        if (!rows.isEmpty()) {
            poll = SHORTEST_POLL_MILLIS;
        }
        return rows;
    }

    @Override
    public List<CapturedRow> read(List<Long> seqs) throws SQLException {
        List<CapturedRow> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(ROWS + "WHERE seq = ?")) {
            for (long seq : seqs) {
                query.setLong(1, seq);
                rows.addAll(rows(query));
            }
        }
        return rows;
    }

    @Override
    public Removed remove(List<SeqRun> runs, String owner, String token, String nextToken) throws SQLException {
        patience(0);
        try {
            // The last row goes with the token, and is still there for comparison where a crash comes before.
            SeqRun rest = runs.isEmpty() ? new SeqRun(1, 0) : runs.get(runs.size() - 1);
            for (SeqRun run : runs.subList(0, Math.max(0, runs.size() - 1))) {
                if (!removeInTinyTransactions(run, owner, token)) {
                    return Removed.REFUSED;
                }
            }
            SeqRun end = new SeqRun(Math.max(rest.first(), rest.last() - TINY + 1), rest.last());
            if (!removeInTinyTransactions(new SeqRun(rest.first(), end.first() - 1), owner, token)
                    || !remove(end, () -> swap(owner, token, nextToken))) {
                return Removed.REFUSED;
            }
            return Removed.DONE;
        } catch (SQLException e) {
            if ((e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code) {
                return Removed.LATER;
            }
            throw e;
        } finally {
            patience(PATIENCE_MILLIS);
        }
    }

    @Override
    public long backlog(long after) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT max(0, coalesce(max(seq), 0) - ?) FROM bactrian_change")) {
            query.setLong(1, after);
            try (ResultSet row = query.executeQuery()) {
                return row.getLong(1);
            }
        }
    }

    @Override
    public void await() throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        while (dataVersion() == versionRead && System.nanoTime() - begin < SLOW_POLL_NANOS) {
            if (woken.tryAcquire(poll, TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
                return;
            }
            poll = Math.min(LONGEST_POLL_MILLIS, poll + 1);
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

    private long least() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(min(seq), 0) FROM bactrian_change")) {
            return row.getLong(1);
        }
    }

    private boolean removeInTinyTransactions(SeqRun run, String owner, String token) throws SQLException {
        for (long first = Math.max(run.first(), least()); first <= run.last(); first += TINY) {
            if (!remove(new SeqRun(first, Math.min(run.last(), first + TINY - 1)), () -> holds(owner, token))) {
                return false;
            }
        }
        return true;
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private boolean remove(SeqRun run, Condition ours) throws SQLException {
        execute("BEGIN IMMEDIATE");
        boolean done = false;
        try {
            if (ours.holds()) {
                try (PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM bactrian_change WHERE seq BETWEEN ? AND ?")) {
                    delete.setLong(1, run.first());
                    delete.setLong(2, run.last());
                    delete.executeUpdate();
                }
                execute("COMMIT");
                done = true;
            }
            return done;
        } finally {
            if (!done) {
                execute("ROLLBACK");
            }
        }
    }

    private boolean holds(String owner, String token) throws SQLException {
        return meta().map(meta -> meta.owner().equals(owner) && meta.token().equals(token))
                .orElse(false);
    }

    private boolean swap(String owner, String token, String nextToken) throws SQLException {
        return update("""
                        UPDATE bactrian_meta SET value = ?
                        WHERE name = 'token' AND value = ?
                          AND EXISTS (SELECT 1 FROM bactrian_meta WHERE name = 'owner' AND value = ?)
                        """, nextToken, token, owner) == 1;
    }

    private static List<CapturedRow> rows(PreparedStatement query) throws SQLException {
        List<CapturedRow> rows = new ArrayList<>();
        long size = 0;
        try (ResultSet row = query.executeQuery()) {
            while (size < LARGEST_PAGE && row.next()) {
                CapturedRow captured = new CapturedRow(
                        row.getLong(1),
                        text(row, 2),
                        text(row, 3),
                        text(row, 4),
                        text(row, 5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        time(text(row, 9)));
                size += captured.size();
                rows.add(captured);
            }
        }
        return rows;
    }

    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    /** ISO 8601, with a blank or a T; without a zone it is UTC, as SQLite's clock is. */
    private static Instant time(String at) {
        String iso = at.replace(' ', 'T');
        try {
            return Instant.parse(iso.endsWith("Z") ? iso : iso + "Z");
        } catch (DateTimeParseException e) {
            // Somebody wrote to our table by hand: the change counts, its time can't be known.
            return Instant.EPOCH;
        }
    }

    private long dataVersion() throws SQLException {
        try (ResultSet row = version.executeQuery()) {
            return row.getLong(1);
        }
    }

    private void patience(int millis) throws SQLException {
        execute("PRAGMA busy_timeout = " + millis);
    }

    private int update(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static @Nullable Path file(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT file FROM pragma_database_list WHERE name = 'main'")) {
            String name = row.next() ? row.getString(1) : null;
            return name == null || name.isEmpty() ? null : Path.of(name);
        }
    }

    /** Tells a file from another one at the same path; null where the system can't. */
    private static @Nullable Object key(@Nullable Path file) throws SQLException {
        if (file == null) {
            return null;
        }
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            throw new SQLException(file + " can't be found", e);
        }
    }
}

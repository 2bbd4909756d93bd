package io.bactrian.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * Records of delivery attempts in blocks, {@code attempts.db} in the data directory: a file of its own, because it is no
 * truth that anything depends on. Commits are not synced to the disk: a process that is killed loses nothing that was
 * written, a machine that loses power perhaps the last seconds; a file that can't be read any more is begun anew.
 *
 * <p>Opened at the first use. Thread-safe.
 */
public final class AttemptFile implements AutoCloseable {
    /**
     * Attempts of one subscription, packed.
     *
     * @param id growing; a block that grows is put again under its id
     * @param firstPosition of the changes in it
     * @param lastStarted when the youngest attempt in it began
     */
    public record Block(
            long id, String subscription, long firstPosition, long lastPosition, Instant lastStarted, byte[] data) {}

    private final Path path;
    private @Nullable Connection writer;
    private long lastId;

    /** @param directory the data directory, which the caller holds the lock of */
    public AttemptFile(Path directory) {
        this.path = directory.resolve("attempts.db");
    }

    /** An id that no block has. */
    public synchronized long newId() {
        try {
            writer();
            return ++lastId;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Writes blocks, all or none; one whose id is there already takes its place. */
    public synchronized void put(Collection<Block> blocks) {
        try {
            Connection connection = writer();
            SqliteFile.execute(connection, "BEGIN IMMEDIATE");
            try (PreparedStatement statement = connection.prepareStatement("""
                    REPLACE INTO attempt_block
                        (id, subscription, first_position, last_position, last_started, data)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)) {
                for (Block block : blocks) {
                    statement.setLong(1, block.id());
                    statement.setString(2, block.subscription());
                    statement.setLong(3, block.firstPosition());
                    statement.setLong(4, block.lastPosition());
                    statement.setLong(5, block.lastStarted().toEpochMilli());
                    statement.setBytes(6, block.data());
                    statement.executeUpdate();
                }
            }
            SqliteFile.execute(connection, "COMMIT");
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Drops blocks that are wholly older than a time, and the oldest of those beyond a size in bytes. */
    public synchronized void retain(Instant oldest, long maxSize) {
        if (!Files.exists(path)) {
            return;
        }
        try {
            Connection connection = writer();
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM attempt_block WHERE last_started < ?")) {
                statement.setLong(1, oldest.toEpochMilli());
                statement.executeUpdate();
            }
            while (used(connection) > maxSize && dropSome(connection)) {
                continue;
            }
            long free = number(connection, "PRAGMA freelist_count");
            if (free > number(connection, "PRAGMA page_count") / 4) {
                shrink(connection, free);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Drops all of a subscription. */
    public synchronized void forget(String subscription) {
        if (!Files.exists(path)) {
            return;
        }
        try (PreparedStatement statement =
                writer().prepareStatement("DELETE FROM attempt_block WHERE subscription = ?")) {
            statement.setString(1, subscription);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The blocks of a subscription that may hold attempts at a position, the oldest first. */
    public List<byte[]> find(String subscription, long position) {
        if (!Files.exists(path)) {
            return List.of();
        }
        makeWhereHalfMade();
        List<byte[]> blocks = new ArrayList<>();
        try (Connection connection = new SqliteFile(path).reader();
                PreparedStatement statement = connection.prepareStatement("""
                        SELECT data FROM attempt_block
                        WHERE subscription = ?1 AND last_position >= ?2 AND first_position <= ?2 ORDER BY id
                        """)) {
            statement.setString(1, subscription);
            statement.setLong(2, position);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    blocks.add(row.getBytes(1));
                }
            }
        } catch (SQLException e) {
            throw new StoreException(path + " can't be read: " + e.getMessage(), e);
        }
        return blocks;
    }

    @Override
    public synchronized void close() {
        try (Connection last = writer) {
            writer = null;
        } catch (SQLException e) {
            // It held nothing that was reported as written.
            return;
        }
    }

    /** A process that was killed, or another thread, may have left a file without its tables. */
    private synchronized void makeWhereHalfMade() {
        try {
            if (writer == null) {
                opened().close();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private Connection writer() throws SQLException {
        Connection open = writer;
        if (open == null) {
            open = opened();
            writer = open;
        }
        return open;
    }

    private Connection opened() throws SQLException {
        try {
            return prepared();
        } catch (SQLException e) {
            int code = e.getErrorCode() & 0xff;
            if (code != SQLiteErrorCode.SQLITE_CORRUPT.code && code != SQLiteErrorCode.SQLITE_NOTADB.code) {
                throw e;
            }
            remove();
            return prepared();
        }
    }

    private Connection prepared() throws SQLException {
        Connection connection = new SqliteFile(path).unsyncedWriter();
        try {
            SqliteFile.execute(connection, """
                    CREATE TABLE IF NOT EXISTS attempt_block (
                        id INTEGER PRIMARY KEY,
                        subscription TEXT NOT NULL,
                        first_position INTEGER NOT NULL,
                        last_position INTEGER NOT NULL,
                        last_started INTEGER NOT NULL, -- milliseconds since 1970
                        data BLOB NOT NULL
                    )
                    """);
            SqliteFile.execute(connection, """
                    CREATE INDEX IF NOT EXISTS attempt_block_positions
                    ON attempt_block (subscription, last_position, first_position)
                    """);
            lastId = number(connection, "SELECT coalesce(max(id), 0) FROM attempt_block");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void remove() throws SQLException {
        try {
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(path.resolveSibling(path.getFileName() + suffix));
            }
        } catch (IOException e) {
            throw new SQLException("It can't be read, nor removed: " + e.getMessage(), e);
        }
    }

    /** Gives free pages back to the disk; a few would be filled again in a moment. */
    private static void shrink(Connection connection, long free) throws SQLException {
        SqliteFile.execute(connection, "BEGIN IMMEDIATE");
        for (long page = 0; page < free; page++) {
            // The driver takes one step of the statement at a time, which is a page.
            SqliteFile.execute(connection, "PRAGMA incremental_vacuum");
        }
        SqliteFile.execute(connection, "COMMIT");
        SqliteFile.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /** The oldest twentieth; false where there is none. */
    private static boolean dropSome(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("""
                            DELETE FROM attempt_block WHERE id IN (
                                SELECT id FROM attempt_block ORDER BY last_started, id
                                LIMIT 1 + (SELECT count(*) FROM attempt_block) / 20)
                            """) > 0;
        }
    }

    private static long used(Connection connection) throws SQLException {
        return (number(connection, "PRAGMA page_count") - number(connection, "PRAGMA freelist_count"))
                * number(connection, "PRAGMA page_size");
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** The transaction may be half done: a new connection begins clean. */
    private StoreException failed(SQLException cause) {
        close();
        return new StoreException(path + " can't be written: " + cause.getMessage(), cause);
    }
}

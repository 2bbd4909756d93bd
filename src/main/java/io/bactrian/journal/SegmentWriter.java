package io.bactrian.journal;

import io.bactrian.change.Change;
import io.bactrian.store.SqliteFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the newest segment. After an exception it is good for nothing but closing. For one thread at a time. */
final class SegmentWriter implements AutoCloseable {
    /** Written last when a segment is made: a file without it was left by a crash and holds nothing. */
    private static final int FORMAT = 1;

    private static final List<String> TABLES = List.of(
            // What is looked at without the rest stands before the long columns; times are microseconds since 1970.
            """
            CREATE TABLE change (
                position INTEGER PRIMARY KEY,
                epoch INTEGER NOT NULL,
                seq INTEGER NOT NULL,
                operation TEXT NOT NULL,
                collected INTEGER NOT NULL,
                time INTEGER NOT NULL,
                "table" TEXT NOT NULL,
                key TEXT NOT NULL,
                key_before TEXT,
                "transaction" TEXT NOT NULL,
                origin TEXT,
                before TEXT,
                after TEXT
            )
            """, """
            CREATE TABLE bookmark (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                last_position INTEGER NOT NULL,
                last_collected INTEGER NOT NULL,
                epoch INTEGER,
                seq INTEGER,
                token TEXT,
                pending_token TEXT,
                pending_from INTEGER,
                pending_to INTEGER
            )
            """, """
            CREATE TABLE gap (
                position INTEGER PRIMARY KEY,
                jump INTEGER NOT NULL,
                epoch INTEGER NOT NULL,
                reason TEXT NOT NULL,
                at INTEGER NOT NULL
            )
            """);

    private static final String INSERT = """
            INSERT INTO change (position, epoch, seq, operation, collected, time, "table", key, key_before,
                                "transaction", origin, before, after)
            VALUES
            """;

    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final int COLUMNS = 13;
    /** Changes in one statement: most of what a statement costs is the call. */
    private static final int MANY = 20;

    private final Segment segment;
    private final Connection connection;
    private final PreparedStatement one;
    private final PreparedStatement many;
    private final PreparedStatement bookmark;

    private SegmentWriter(Segment segment, Connection connection) throws SQLException {
        this.segment = segment;
        this.connection = connection;
        one = connection.prepareStatement(INSERT + ROW);
        many = connection.prepareStatement(INSERT + (ROW + ", ").repeat(MANY - 1) + ROW);
        bookmark = connection.prepareStatement("""
                REPLACE INTO bookmark (id, last_position, last_collected, epoch, seq, token, pending_token,
                                       pending_from, pending_to)
                VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
                """);
    }

    /** Makes a segment that begins as {@code state} says; on disk when it returns. */
    static SegmentWriter create(Segment segment, JournalState state) throws SQLException, IOException {
        segment.unlink();
        Connection connection = new SqliteFile(segment.path()).writer();
        try {
            SqliteFile.execute(connection, "BEGIN IMMEDIATE");
            for (String table : TABLES) {
                SqliteFile.execute(connection, table);
            }
            SegmentWriter writer = new SegmentWriter(segment, connection);
            writer.write(state);
            for (Gap gap : state.gaps()) {
                writer.write(gap);
            }
            SqliteFile.execute(connection, "PRAGMA user_version = " + FORMAT);
            SqliteFile.execute(connection, "COMMIT");
            // SQLite syncs the file, but nobody the directory that it is new in.
            sync(segment.directory());
            return writer;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Opens a segment to go on with it; empty where a crash left it unmade. */
    static Optional<SegmentWriter> open(Segment segment) throws SQLException {
        Connection connection = new SqliteFile(segment.path()).writer();
        try {
            int format = (int) number(connection, "PRAGMA user_version");
            if (format == FORMAT) {
                return Optional.of(new SegmentWriter(segment, connection));
            }
            if (format != 0) {
                throw new SQLException(segment.path() + " was written by a newer version (format " + format + ")");
            }
            connection.close();
            return Optional.empty();
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Segment segment() {
        return segment;
    }

    /** What the segment says of the journal, as it is on disk. */
    JournalState state() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT last_position, last_collected, epoch, seq, token, pending_token, pending_from, pending_to
                        FROM bookmark
                        """)) {
            if (!row.next()) {
                throw new SQLException(segment.path() + " has lost its bookmark");
            }
            String token = row.getString(5);
            Bookmark known = token == null
                    ? null
                    : new Bookmark(
                            row.getLong(3), row.getLong(4), token, row.getString(6), row.getLong(7), row.getLong(8));
            return new JournalState(row.getLong(1), row.getLong(2), known, gaps());
        }
    }

    /** Writes changes, a gap and the state, all or nothing; on disk when it returns. */
    void commit(List<Change> page, @Nullable Gap gap, JournalState state) throws SQLException {
        SqliteFile.execute(connection, "BEGIN IMMEDIATE");
        int written = 0;
        for (; page.size() - written >= MANY; written += MANY) {
            for (int i = 0; i < MANY; i++) {
                set(many, i * COLUMNS, page.get(written + i));
            }
            many.executeUpdate();
        }
        for (; written < page.size(); written++) {
            set(one, 0, page.get(written));
            one.executeUpdate();
        }
        if (gap != null) {
            write(gap);
        }
        write(state);
        SqliteFile.execute(connection, "COMMIT");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static void set(PreparedStatement insert, int before, Change each) throws SQLException {
        insert.setLong(before + 1, each.position());
        insert.setLong(before + 2, each.id().epoch());
        insert.setLong(before + 3, each.id().seq());
        insert.setString(before + 4, each.operation().word());
        insert.setLong(before + 5, SegmentReader.micros(each.collected()));
        insert.setLong(before + 6, SegmentReader.micros(each.time()));
        insert.setString(before + 7, each.table());
        insert.setString(before + 8, each.keyJson());
        insert.setString(before + 9, each.keyBeforeJson());
        insert.setString(before + 10, each.transaction());
        insert.setString(before + 11, each.origin().isEmpty() ? null : String.join(",", each.origin()));
        insert.setString(before + 12, each.beforeJson());
        insert.setString(before + 13, each.afterJson());
    }

    private void write(JournalState state) throws SQLException {
        Bookmark known = state.bookmark();
        bookmark.setLong(1, state.last());
        bookmark.setLong(2, state.lastCollected());
        bookmark.setObject(3, known == null ? null : known.epoch());
        bookmark.setObject(4, known == null ? null : known.seq());
        bookmark.setString(5, known == null ? null : known.token());
        bookmark.setString(6, known == null ? null : known.pendingToken());
        bookmark.setObject(7, known == null ? null : known.pendingFrom());
        bookmark.setObject(8, known == null ? null : known.pendingTo());
        bookmark.executeUpdate();
    }

    private void write(Gap gap) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO gap (position, jump, epoch, reason, at) VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, gap.position());
            insert.setLong(2, gap.jump());
            insert.setLong(3, gap.epoch());
            insert.setString(4, gap.reason());
            insert.setLong(5, SegmentReader.micros(gap.at()));
            insert.executeUpdate();
        }
    }

    @SuppressWarnings("NullAway") // The reason is declared NOT NULL.
    private List<Gap> gaps() throws SQLException {
        List<Gap> gaps = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT position, jump, epoch, reason, at FROM gap ORDER BY position")) {
            while (row.next()) {
                gaps.add(new Gap(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        SegmentReader.instant(row.getLong(5))));
            }
        }
        return gaps;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

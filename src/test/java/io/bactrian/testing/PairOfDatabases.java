package io.bactrian.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Two databases with the same two tables, {@code items} and {@code lines} that refer to them, kept the same both ways by a
 * platform; and writers on both sides, each on rows of its own.
 */
public final class PairOfDatabases {
    private static final String ITEMS =
            "CREATE TABLE items (id bigint PRIMARY KEY, name varchar(40), price decimal(10,2), sold boolean, made timestamp, photo %s)";
    private static final String LINES =
            "CREATE TABLE lines (id bigint PRIMARY KEY, item bigint NOT NULL REFERENCES items (id), note text)";

    private static final int SQLITE_BUSY = 5;

    private final Map<String, String> urls = new LinkedHashMap<>();
    private final Map<String, AtomicLong> written = new LinkedHashMap<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Makes the tables in {@code main} and {@code other}. */
    public PairOfDatabases(String main, String other) {
        urls.put("main", main);
        urls.put("other", other);
        urls.keySet().forEach(name -> {
            written.put(name, new AtomicLong());
            execute(name, ITEMS.formatted(urls.get(name).startsWith("jdbc:sqlite") ? "blob" : "bytea"));
            execute(name, LINES);
        });
    }

    /** A platform in a folder with a route each way. */
    public PlatformProcess platform(Path folder, int batch) {
        Map<String, String> configuration = new LinkedHashMap<>();
        urls.forEach((name, url) -> {
            String prefix = "bactrian.databases." + name;
            configuration.put(prefix + ".url", url);
            if (!url.startsWith("jdbc:sqlite")) {
                configuration.put(prefix + ".username", PostgresServer.USER);
                configuration.put(prefix + ".password", PostgresServer.PASSWORD);
            }
            configuration.put(prefix + ".capture.tables", "items,lines");
            configuration.put(prefix + ".capture.install", "auto");
        });
        PlatformProcess platform = PlatformProcess.in(folder, configuration);
        for (List<String> way : List.of(List.of("main", "other"), List.of("other", "main"))) {
            platform.route(String.join("-to-", way) + ".yaml", """
                    - route:
                        id: %1$s-to-%2$s
                        from:
                          uri: changes:*?database=%1$s&origin=%2$s&from=earliest&batch=%3$d&operations=insert,update,delete,truncate&retryDelay=1s&retryBackoff=1
                          steps:
                            - to: table:*?database=%2$s&origin=%1$s
                    """.formatted(way.get(0), way.get(1), batch));
        }
        return platform;
    }

    /** So many writers on each side for so long; returns when they are done. */
    public void write(int writers, Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        List<Thread> threads = new ArrayList<>();
        int side = 0;
        for (String name : urls.keySet()) {
            side++;
            for (int writer = 0; writer < writers; writer++) {
                long first = side * 1_000_000L + writer * 1_000L;
                Thread thread = new Thread(() -> write(name, first, end), name + "-" + writer);
                threads.add(thread);
                thread.start();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw new AssertionError("A writer failed", failures.get(0));
            }
        }
    }

    /** Row changes that writers committed on one side. */
    public long written(String name) {
        return written.get(name).get();
    }

    private void write(String name, long first, long end) {
        Random random = new Random(first);
        try (Connection connection = connect(name)) {
            connection.setAutoCommit(false);
            while (System.nanoTime() < end) {
                try {
                    int changes = one(connection, first + random.nextInt(10), random);
                    connection.commit();
                    written.get(name).addAndGet(changes);
                } catch (SQLException e) {
                    if ((e.getErrorCode() & 0xff) != SQLITE_BUSY) {
                        throw e;
                    }
                    // SQLite's waiting is unfair: one of twenty may wait longer than its patience, and tries again.
                    connection.rollback();
                }
                LockSupport.parkNanos(3_000_000);
            }
        } catch (SQLException | RuntimeException e) {
            synchronized (failures) {
                failures.add(e);
            }
        }
    }

    /** One transaction on an item and its lines; gives the rows it changed. */
    private static int one(Connection connection, long id, Random random) throws SQLException {
        int changes = 0;
        if (random.nextInt(8) == 0) {
            changes += update(connection, "DELETE FROM lines WHERE item = ?", id);
            return changes + update(connection, "DELETE FROM items WHERE id = ?", id);
        }
        try (PreparedStatement upsert = connection.prepareStatement(
                """
                INSERT INTO items (id, name, price, sold, made, photo) VALUES (?, ?, %d.25, %s, '2026-02-03 04:05:06.%d', ?)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, price = excluded.price, sold = excluded.sold
                """.formatted(random.nextInt(1000), random.nextBoolean(), 1 + random.nextInt(9)))) {
            upsert.setLong(1, id);
            upsert.setString(2, "né \"" + random.nextInt());
            upsert.setBytes(3, new byte[] {0, (byte) random.nextInt(), -1});
            changes += upsert.executeUpdate();
        }
        if (random.nextBoolean()) {
            long line = id * 10 + random.nextInt(3);
            changes += update(
                    connection,
                    "INSERT INTO lines VALUES (" + line + ", ?, '" + random.nextInt()
                            + "') ON CONFLICT (id) DO UPDATE SET note = excluded.note",
                    id);
        }
        return changes;
    }

    private static int update(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            return statement.executeUpdate();
        }
    }

    /** All rows of a side, as text in which both products agree. */
    public Map<String, String> rows(String name) {
        Map<String, String> rows = new TreeMap<>();
        boolean sqlite = urls.get(name).startsWith("jdbc:sqlite");
        String items = "SELECT id, name, price * 100, sold, "
                + (sqlite
                        ? "substr(made, 1, 21), hex(photo)"
                        : "to_char(made, 'YYYY-MM-DD HH24:MI:SS.FF1'), upper(encode(photo, 'hex'))")
                + " FROM items";
        try (Connection connection = connect(name);
                var statement = connection.createStatement()) {
            try (var row = statement.executeQuery(items)) {
                while (row.next()) {
                    rows.put(
                            "item " + row.getLong(1),
                            row.getString(2) + " " + Math.round(row.getDouble(3)) + " " + row.getBoolean(4) + " "
                                    + row.getString(5) + " " + row.getString(6));
                }
            }
            try (var row = statement.executeQuery("SELECT id, item, note FROM lines")) {
                while (row.next()) {
                    rows.put("line " + row.getLong(1), row.getLong(2) + " " + row.getString(3));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    public void execute(String name, String sql) {
        try (Connection connection = connect(name);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private Connection connect(String name) throws SQLException {
        String url = urls.get(name);
        if (!url.startsWith("jdbc:sqlite")) {
            return DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
        }
        // Each of many writers gets the one lock in the end; IMMEDIATE, for a lock that is raised later may be refused.
        return DriverManager.getConnection(
                url + "?busy_timeout=60000&journal_mode=WAL&transaction_mode=IMMEDIATE&foreign_keys=true");
    }
}

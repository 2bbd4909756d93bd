package io.bactrian.capture;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tries the way of a change, and leaves nothing: a write in each captured table that is rolled back shows that its
 * triggers fire; a probe in the trigger table shows that the way from there into the journal is open, and how long each
 * hop takes.
 */
public final class Simulation {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /**
     * One part of the way.
     *
     * @param name such as {@code trigger orders} or {@code collector}
     * @param took null where it can't be told
     * @param ok whether it works, as far as it could be tried
     * @param detail what was tried and found
     */
    public record Hop(String name, @Nullable Duration took, boolean ok, String detail) {}

    private final Database database;
    private final Capture capture;
    private final Collector collector;

    public Simulation(Database database, Capture capture, Collector collector) {
        this.database = database;
        this.capture = capture;
        this.collector = collector;
    }

    /**
     * Tries it all once; takes ten seconds at most, and a few milliseconds where all is well.
     *
     * @throws io.bactrian.database.DatabaseException where the database can't be asked
     * @throws CaptureException where nothing is captured here
     */
    public List<Hop> run() {
        List<Hop> hops = new ArrayList<>();
        for (String table : capture.status().tables()) {
            hops.add(trigger(table));
        }
        if (hops.isEmpty()) {
            throw new CaptureException("Database " + database.name()
                    + " captures no table: name some in bactrian.databases." + database.name() + ".capture.tables");
        }
        if (collector.status().state() != CollectorStatus.State.COLLECTING) {
            hops.add(new Hop(
                    "collector",
                    null,
                    false,
                    "changes aren't collected now (" + collector.status().state() + "): "
                            + collector.status().error()));
            return hops;
        }
        hops.addAll(probe());
        return hops;
    }

    /** Writes a row as it is, and takes that back. */
    private Hop trigger(String name) {
        Table table = database.catalog().find(name).orElse(null);
        if (table == null || table.key().isEmpty()) {
            return new Hop("trigger " + name, null, true, "not tried: the table has no primary key");
        }
        try {
            // As a writer from its beginning: a read that turns into a write is refused where others write meanwhile.
            return database.transaction(List.of(), table.name(), connection -> {
                throw new TakenBack(tried(connection, table));
            });
        } catch (TakenBack e) {
            return e.hop;
        } catch (DatabaseException e) {
            if (e.kind() == DatabaseException.Kind.CONTENDED) {
                return new Hop("trigger " + name, null, true, "not tried: others hold the table's lock");
            }
            return new Hop("trigger " + name, null, false, String.valueOf(e.getMessage()));
        }
    }

    private Hop tried(Connection connection, Table table) throws SQLException {
        String hop = "trigger " + table.name();
        long began = System.nanoTime();
        long before = lastSeq(connection);
        int rows;
        try (var statement = connection.createStatement()) {
            rows = statement.executeUpdate(triggers().touch(table));
        }
        if (rows == 0) {
            return new Hop(hop, null, true, "not tried: the table has no row to write");
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        return lastSeq(connection) > before
                ? new Hop(hop, took, true, "a row was written as it is, recorded, and rolled back")
                : new Hop(
                        hop,
                        took,
                        false,
                        "a row was written and not recorded: run ./bactrian capture install --database "
                                + database.name());
    }

    /** Makes the transaction roll back. */
    private static final class TakenBack extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Hop hop;

        TakenBack(Hop hop) {
            super(null, null, false, false);
            this.hop = hop;
        }
    }

    /** Our own transaction's row has the greatest number, whoever writes beside it. */
    private long lastSeq(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT max(seq) FROM " + triggers().ours("change"))) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private List<Hop> probe() {
        Probe probe = new Probe("bactrian-probe-" + UUID.randomUUID());
        collector.probes().add(probe);
        try {
            long began = System.nanoTime();
            database.transaction(List.of(), connection -> insert(connection, probe));
            probe.committed();
            Duration commit = Duration.ofNanos(System.nanoTime() - began);
            collector.wake();
            boolean gone = probe.awaitGone(LONGEST);
            return hops(probe, commit, gone);
        } finally {
            collector.probes().forget(probe);
        }
    }

    private int insert(Connection connection, Probe probe) throws SQLException {
        String sql = "INSERT INTO " + triggers().ours("change") + " (\"table\", operation, \"key\") VALUES (?, '"
                + Probe.OPERATION + "', '{}')";
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, probe.token);
            return statement.executeUpdate();
        }
    }

    private static List<Hop> hops(Probe probe, Duration commit, boolean gone) {
        String late = "not within " + LONGEST.toSeconds() + " s; the collector takes the probe out when it comes to it";
        return List.of(
                new Hop("trigger table", commit, true, "a probe was written and committed"),
                hop("collector", probe.toCollector(), "read it after its commit", late),
                hop("journal", probe.toJournal(), "had its note of it on disk", late),
                new Hop(
                        "removal",
                        probe.toRemoval(),
                        gone,
                        gone ? "took the probe out of the trigger table: nothing is left" : late));
    }

    private static Hop hop(String name, @Nullable Duration took, String well, String late) {
        return new Hop(name, took, took != null, took != null ? well : late);
    }

    private TriggerDialect triggers() {
        return database.dialect().triggers();
    }
}

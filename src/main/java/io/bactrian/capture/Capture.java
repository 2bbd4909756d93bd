package io.bactrian.capture;

import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.TriggerDialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Capture's install side in one user database: plans, installs, verifies and removes our tables and triggers, and names
 * who may collect. Thread-safe; each call works on the database as it is then.
 *
 * <p>Whatever changes the database runs in one transaction: all of it is there afterwards, or nothing. It waits two
 * seconds for a table's lock, and tries again a few times, so that it never makes others wait behind it for long.
 */
public final class Capture {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
    private static final int ATTEMPTS = 5;

    private final Database database;
    private final CaptureSettings settings;
    private final TriggerDialect triggers;
    private final CaptureMeta meta;

    public Capture(Database database, CaptureSettings settings) {
        this.database = database;
        this.settings = settings;
        this.triggers = database.dialect().triggers();
        this.meta = new CaptureMeta(database);
    }

    public String databaseName() {
        return database.name();
    }

    public CaptureSettings settings() {
        return settings;
    }

    /**
     * What {@link #install} would do now.
     *
     * @param tables only these; empty for all that are configured
     * @throws CaptureException where it can't be done, with the reason
     * @throws DatabaseException where the database can't be asked
     */
    public CapturePlan plan(List<String> tables) {
        database.catalog().refresh();
        return database.read(connection -> inspection(connection).installing(tables));
    }

    /**
     * Makes the database capture what is configured; what is as it should be is left alone. Where no table is named, what
     * is captured without being configured is released.
     *
     * @param tables only these; empty for all that are configured
     * @return what was done
     * @throws CaptureException where it can't be done, with the reason
     */
    public CapturePlan install(List<String> tables) {
        CapturePlan done = change(connection -> inspection(connection).installing(tables));
        if (!done.statements().isEmpty()) {
            LOG.info("Installed capture in database {}", database.name());
        }
        return done;
    }

    /**
     * Takes our triggers off these tables; off all, and our tables too, where none is named. Changes that weren't
     * collected are lost with them.
     */
    public CapturePlan uninstall(List<String> tables) {
        CapturePlan done = change(connection -> inspection(connection).uninstalling(tables));
        if (!done.statements().isEmpty()) {
            LOG.info(
                    "Uninstalled capture in database {}{}",
                    database.name(),
                    tables.isEmpty() ? "" : " from " + String.join(", ", tables));
        }
        return done;
    }

    /** How the database differs from what is configured; empty where it doesn't. */
    public List<CaptureDrift> verify() {
        database.catalog().refresh();
        return database.read(connection -> inspection(connection).drift());
    }

    /**
     * Makes sure that capturing may begin, or go on: with {@code install=auto} by installing what drifted.
     *
     * @return the drift that remains and doesn't forbid it
     * @throws CaptureException where changes would be missed or wrong, with the remedy
     * @throws DatabaseException where the database can't be asked
     */
    public List<CaptureDrift> ready() {
        if (!settings.captures()) {
            return List.of();
        }
        List<CaptureDrift> drift = verify();
        if (settings.install() == Install.AUTO && !drift.isEmpty()) {
            install(List.of());
            drift = verify();
        }
        List<CaptureDrift> serious =
                drift.stream().filter(CaptureDrift::serious).toList();
        if (settings.install() != Install.NEVER && !serious.isEmpty()) {
            throw new CaptureException("Database " + database.name() + ": "
                    + String.join(
                            "; ", serious.stream().map(CaptureDrift::toString).toList()));
        }
        return drift;
    }

    /**
     * Names the store that may collect this database from now on, whoever it was before.
     *
     * @return the owner before; empty where there was none
     */
    public String takeover(String storeId) {
        return database.transaction(List.of(), connection -> {
            requireInstalled(connection);
            String before = meta.read(connection, CaptureMeta.OWNER).orElse("");
            meta.write(connection, CaptureMeta.OWNER, storeId);
            return before;
        });
    }

    /** The state of capture now; a database that can't be asked is told as an error within it. */
    public CaptureStatus status() {
        try {
            database.catalog().refresh();
            return database.read(this::status);
        } catch (DatabaseException e) {
            return status(List.of(), List.of(), List.of(), Map.of(), new Backlog(0, 0), e.getMessage());
        }
    }

    private record Backlog(long rows, double oldestAgeSeconds) {}

    private CaptureStatus status(Connection connection) throws SQLException {
        CaptureInspection inspection = inspection(connection);
        boolean installed = inspection(connection).missing().isEmpty();
        List<CaptureDrift> drift = inspection.drift();
        return status(
                inspection.soundTables(),
                drift,
                settings.captures() ? inspection.warnings() : List.of(),
                installed ? meta.read(connection) : Map.of(),
                installed ? backlog(connection) : new Backlog(0, 0),
                null);
    }

    private CaptureStatus status(
            List<String> tables,
            List<CaptureDrift> drift,
            List<String> warnings,
            Map<String, String> values,
            Backlog backlog,
            @Nullable String error) {
        return new CaptureStatus(
                database.name(),
                database.dialect().product(),
                settings.install(),
                tables,
                drift,
                warnings,
                values.getOrDefault(CaptureMeta.OWNER, ""),
                values.getOrDefault(CaptureMeta.EPOCH, ""),
                backlog.rows(),
                backlog.oldestAgeSeconds(),
                error);
    }

    private Backlog backlog(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT backlog, oldest_age_seconds FROM " + triggers.ours("health"))) {
            return row.next() ? new Backlog(row.getLong(1), row.getDouble(2)) : new Backlog(0, 0);
        }
    }

    private void requireInstalled(Connection connection) throws SQLException {
        if (!inspection(connection).missing().isEmpty()) {
            throw new CaptureException(
                    "Database " + database.name() + " has no capture installed: " + CaptureInspection.REMEDY);
        }
    }

    private CaptureInspection inspection(Connection connection) {
        return new CaptureInspection(connection, database, settings, meta);
    }

    private CapturePlan change(Database.Work<CapturePlan> planning) {
        for (int attempt = 1; ; attempt++) {
            try {
                database.catalog().refresh();
                CapturePlan plan = database.transaction(List.of(), connection -> run(connection, planning));
                database.catalog().refresh();
                return plan;
            } catch (DatabaseException e) {
                if (e.kind() != DatabaseException.Kind.CONTENDED || attempt == ATTEMPTS) {
                    throw e;
                }
                pause(attempt);
            }
        }
    }

    private static CapturePlan run(Connection connection, Database.Work<CapturePlan> planning) throws SQLException {
        CapturePlan plan = planning.with(connection);
        try (var statement = connection.createStatement()) {
            for (String sql : plan.statements()) {
                statement.execute(sql);
            }
        }
        return plan;
    }

    /** Lets those pass who hold the lock. */
    private static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(200L * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CaptureException("Interrupted while waiting for a table's lock");
        }
    }
}

package io.bactrian.doctor;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureDrift;
import io.bactrian.capture.CaptureStatus;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at one database: whether it answers, its version and clock, and how capture stands in it. */
public final class DatabaseExamination {
    private static final Duration SKEWED = Duration.ofSeconds(5);
    private static final long MANY_ROWS = 100_000;
    private static final double LONG_SECONDS = 60;

    private final Database database;
    private final Capture capture;
    private final String store;

    /** @param store the id of the store that should collect it; empty where that isn't known */
    public DatabaseExamination(Database database, Capture capture, String store) {
        this.database = database;
        this.capture = capture;
        this.store = store;
    }

    /** Asks the database; takes as long as it takes to connect. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        String subject = "database " + database.name();
        try {
            long began = System.nanoTime();
            findings.add(database.read(connection -> reached(subject, connection, began)));
            Optional<Finding> clock = database.read(connection -> clock(subject, connection));
            clock.ifPresent(findings::add);
        } catch (DatabaseException e) {
            findings.add(Finding.failed(
                    subject,
                    String.valueOf(e.getMessage()),
                    "check that it runs, and bactrian.databases." + database.name() + ".url, .username and .password"));
            return findings;
        }
        if (capture.settings().captures()) {
            capture(findings);
        } else {
            findings.add(Finding.ok("capture " + database.name(), "nothing is to be captured here"));
        }
        return findings;
    }

    private static Finding reached(String subject, Connection connection, long began) throws SQLException {
        var product = connection.getMetaData();
        return Finding.ok(
                subject,
                product.getDatabaseProductName() + ' ' + product.getDatabaseProductVersion() + ", reached in "
                        + (System.nanoTime() - began) / 1_000_000 + " ms");
    }

    /** A database within this process has this process's clock. */
    private Optional<Finding> clock(String subject, Connection connection) throws SQLException {
        String sql = database.dialect().clockQuery().orElse("");
        if (sql.isEmpty()) {
            return Optional.empty();
        }
        try (var statement = connection.createStatement()) {
            // Once for the connection's own slowness, once for the time.
            statement.executeQuery(sql).close();
            Instant before = Instant.now();
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                Instant theirs = row.getObject(1, OffsetDateTime.class).toInstant();
                Duration trip = Duration.between(before, Instant.now());
                Duration skew = Duration.between(before.plus(trip.dividedBy(2)), theirs);
                String detail = "its clock is " + Math.abs(skew.toMillis()) + " ms "
                        + (skew.isNegative() ? "behind" : "ahead of") + " ours";
                return Optional.of(
                        skew.abs().compareTo(SKEWED) < 0
                                ? Finding.ok(subject + " clock", detail)
                                : Finding.warning(
                                        subject + " clock",
                                        detail,
                                        "set both clocks by NTP: the times of changes are the database's, retention and"
                                                + " signatures go by ours"));
            }
        }
    }

    private void capture(List<Finding> findings) {
        String subject = "capture " + database.name();
        CaptureStatus status = capture.status();
        if (status.error() != null) {
            findings.add(Finding.failed(subject, status.error(), null));
            return;
        }
        findings.add(
                status.tables().isEmpty()
                        ? Finding.failed(
                                subject,
                                "no table is captured as it should be",
                                "./bactrian capture install --database " + database.name())
                        : Finding.ok(subject, "captured: " + String.join(", ", status.tables())));
        for (CaptureDrift drift : status.drift()) {
            findings.add(
                    drift.serious()
                            ? Finding.failed(subject, drift.message(), drift.remedy())
                            : Finding.warning(subject, drift.message(), drift.remedy()));
        }
        status.warnings().forEach(warning -> findings.add(Finding.warning(subject, warning, null)));
        owner(subject, status).ifPresent(findings::add);
        findings.add(backlog(subject, status));
    }

    private Optional<Finding> owner(String subject, CaptureStatus status) {
        if (status.owner().isEmpty() || store.isEmpty() || status.owner().equals(store)) {
            return Optional.empty();
        }
        return Optional.of(Finding.failed(
                subject,
                "it belongs to another store (" + status.owner() + "), which collects it; ours is " + store,
                "where that one is gone for good: ./bactrian capture takeover --database " + database.name()));
    }

    private static Finding backlog(String subject, CaptureStatus status) {
        String detail = status.backlog() + " rows in the trigger table, the oldest "
                + Math.round(status.oldestAgeSeconds()) + " s old";
        boolean waits = status.backlog() > MANY_ROWS || status.oldestAgeSeconds() > LONG_SECONDS;
        return waits
                ? Finding.warning(
                        subject, detail, "start the platform, or see why its collector doesn't collect (above)")
                : Finding.ok(subject, detail);
    }
}

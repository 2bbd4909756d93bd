package io.bactrian.capture;

import io.bactrian.capture.CaptureDrift.Kind;
import io.bactrian.database.Column;
import io.bactrian.database.Database;
import io.bactrian.database.Table;
import io.bactrian.database.TriggerDialect;
import io.bactrian.database.TriggerDialect.CaptureDdl;
import io.bactrian.database.TriggerDialect.InstalledCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares, within one transaction, what a database should capture with what it does. */
final class CaptureInspection {
    static final String REMEDY = "run ./bactrian capture install";

    private final Connection connection;
    private final Database database;
    private final CaptureSettings settings;
    private final CaptureMeta meta;
    private final TriggerDialect triggers;

    CaptureInspection(Connection connection, Database database, CaptureSettings settings, CaptureMeta meta) {
        this.connection = connection;
        this.database = database;
        this.settings = settings;
        this.meta = meta;
        this.triggers = database.dialect().triggers();
    }

    /** @throws CaptureException where a configured table or column doesn't exist, or ours are newer than we are */
    CapturePlan installing(List<String> tables) throws SQLException {
        List<CaptureDrift> forbidding = drift().stream()
                .filter(drift -> drift.kind() == Kind.NO_SUCH_TABLE
                        || drift.kind() == Kind.WRONG_EXCLUSION
                        || drift.kind() == Kind.NEWER)
                .filter(drift -> tables.isEmpty() || drift.table().isEmpty() || tables.contains(drift.table()))
                .toList();
        if (!forbidding.isEmpty()) {
            throw new CaptureException("Database " + database.name() + ": "
                    + String.join(
                            "; ",
                            forbidding.stream().map(CaptureDrift::toString).toList()));
        }
        List<String> removals = new ArrayList<>();
        List<String> additions = new ArrayList<>();
        Map<String, InstalledCapture> installed = triggers.installed(connection);
        for (Table table : chosen(tables)) {
            CaptureDdl wanted = triggers.capture(table, excluded(table));
            InstalledCapture now = installed.get(table.name());
            if (now == null || !now.definition().equals(wanted.definition())) {
                if (now != null) {
                    removals.addAll(now.removal());
                }
                additions.addAll(wanted.statements());
            }
        }
        Set<String> names = wantedTables().keySet();
        installed.forEach((name, now) -> {
            if (tables.isEmpty() && !names.contains(name)) {
                removals.addAll(now.removal());
            }
        });
        // First all removals: where tables swapped names, what one must lose bears the name of what the other gets.
        List<String> statements = new ArrayList<>(missing().isEmpty() ? List.of() : triggers.foundation());
        statements.addAll(removals);
        statements.addAll(additions);
        return plan(statements, warnings());
    }

    CapturePlan uninstalling(List<String> tables) throws SQLException {
        List<String> statements = new ArrayList<>();
        Map<String, InstalledCapture> installed = triggers.installed(connection);
        for (String table : tables) {
            if (!installed.containsKey(table)) {
                throw new CaptureException("Database " + database.name() + ": table " + table
                        + " isn't captured; captured are: " + String.join(", ", installed.keySet()));
            }
        }
        installed.forEach((name, now) -> {
            if (tables.isEmpty() || tables.contains(name)) {
                statements.addAll(now.removal());
            }
        });
        if (tables.isEmpty() && !triggers.present(connection).isEmpty()) {
            statements.addAll(triggers.removal());
        }
        return plan(statements, List.of());
    }

    List<CaptureDrift> drift() throws SQLException {
        List<CaptureDrift> drift = new ArrayList<>();
        Set<String> missing = missing();
        if (!missing.isEmpty() && settings.captures()) {
            drift.add(new CaptureDrift(
                    "", Kind.NOT_INSTALLED, "our tables are not there (" + String.join(", ", missing) + ")", REMEDY));
        }
        if (missing.isEmpty()) {
            newer().ifPresent(drift::add);
        }
        Map<String, InstalledCapture> installed = triggers.installed(connection);
        Map<String, Optional<Table>> wanted = wantedTables();
        for (Map.Entry<String, Optional<Table>> each : wanted.entrySet()) {
            String name = each.getKey();
            if (each.getValue().isEmpty()) {
                drift.add(new CaptureDrift(
                        name,
                        Kind.NO_SUCH_TABLE,
                        "table " + name + " doesn't exist",
                        "make it, or mend capture.tables"));
            } else {
                ofTable(each.getValue().get(), installed.get(name)).ifPresent(drift::add);
            }
        }
        installed.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .forEach(name -> drift.add(new CaptureDrift(
                        name, Kind.SURPLUS, "table " + name + " is captured and not configured", REMEDY)));
        return drift;
    }

    /** What the foundation makes and isn't there, in the order of the names. */
    Set<String> missing() throws SQLException {
        Set<String> missing = new TreeSet<>(triggers.parts());
        missing.removeAll(triggers.present(connection));
        return missing;
    }

    List<String> soundTables() throws SQLException {
        Map<String, InstalledCapture> installed = triggers.installed(connection);
        List<String> sound = new ArrayList<>();
        for (Map.Entry<String, Optional<Table>> each : wantedTables().entrySet()) {
            if (each.getValue().isPresent()
                    && ofTable(each.getValue().get(), installed.get(each.getKey()))
                            .isEmpty()) {
                sound.add(each.getKey());
            }
        }
        return sound;
    }

    List<String> warnings() throws SQLException {
        List<String> warnings = new ArrayList<>(triggers.warnings(connection));
        for (Optional<Table> table : wantedTables().values()) {
            if (table.isPresent()) {
                warnings.addAll(triggers.warnings(connection, table.get()));
            }
        }
        return warnings;
    }

    private Optional<CaptureDrift> ofTable(Table table, @Nullable InstalledCapture installed) {
        if (excluded(table)
                .containsAll(table.columns().stream().map(Column::name).toList())) {
            return Optional.of(new CaptureDrift(
                    table.name(),
                    Kind.WRONG_EXCLUSION,
                    "no column of " + table.name() + " is left to capture",
                    "mend capture.exclude-columns"));
        }
        for (String column : excluded(table)) {
            if (table.column(column).isEmpty() || table.key().contains(column)) {
                String reason = table.key().contains(column) ? " belongs to the key" : " doesn't exist";
                return Optional.of(new CaptureDrift(
                        table.name(),
                        Kind.WRONG_EXCLUSION,
                        "column " + table.name() + "." + column + reason,
                        "mend capture.exclude-columns"));
            }
        }
        if (installed == null) {
            return Optional.of(new CaptureDrift(
                    table.name(), Kind.NOT_CAPTURED, "table " + table.name() + " isn't captured", REMEDY));
        }
        String wanted = triggers.capture(table, excluded(table)).definition();
        if (installed.definition().equals(wanted)) {
            return Optional.empty();
        }
        return Optional.of(new CaptureDrift(
                table.name(),
                Kind.CHANGED,
                "table " + table.name() + " isn't captured as it should be ("
                        + difference(installed.definition(), wanted) + ")",
                REMEDY));
    }

    /** The first line that differs. */
    private static String difference(String now, String wanted) {
        List<String> lines = now.lines().map(String::strip).toList();
        List<String> wantedLines = wanted.lines().map(String::strip).toList();
        for (int i = 0; i < Math.max(lines.size(), wantedLines.size()); i++) {
            String line = i < lines.size() ? lines.get(i) : "nothing";
            String wantedLine = i < wantedLines.size() ? wantedLines.get(i) : "nothing";
            if (!line.equals(wantedLine)) {
                return "there is: " + abridged(line) + "; there should be: " + abridged(wantedLine);
            }
        }
        return "only its blanks differ";
    }

    private static String abridged(String line) {
        return line.length() <= 160 ? line : line.substring(0, 160) + "…";
    }

    private Optional<CaptureDrift> newer() throws SQLException {
        String version = meta.read(connection, CaptureMeta.VERSION).orElse("");
        return version.equals(TriggerDialect.VERSION)
                ? Optional.empty()
                : Optional.of(new CaptureDrift(
                        "",
                        Kind.NEWER,
                        "our tables are of version '" + version + "', and this is " + TriggerDialect.VERSION,
                        "run the newer Bactrian"));
    }

    /** The configured tables by name, in order; those that don't exist are empty. */
    private Map<String, Optional<Table>> wantedTables() {
        Map<String, Optional<Table>> wanted = new LinkedHashMap<>();
        if (settings.tables().equals(List.of("*"))) {
            database.catalog().tables().forEach(table -> wanted.put(table.name(), Optional.of(table)));
        } else {
            for (String name : settings.tables()) {
                wanted.put(name, known(name));
            }
        }
        return wanted;
    }

    /** Not by {@code find}, which may look into the database again on another connection. */
    private Optional<Table> known(String name) {
        return database.catalog().tables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst();
    }

    private List<Table> chosen(List<String> tables) {
        List<Table> chosen = new ArrayList<>();
        for (String name : tables) {
            if (!wantedTables().containsKey(name)) {
                throw new CaptureException("Database " + database.name() + ": table " + name
                        + " isn't among capture.tables=" + String.join(",", settings.tables()));
            }
        }
        wantedTables().forEach((name, table) -> {
            if (tables.isEmpty() || tables.contains(name)) {
                table.ifPresent(chosen::add);
            }
        });
        return chosen;
    }

    private Set<String> excluded(Table table) {
        return settings.excludedByTable().getOrDefault(table.name(), Set.of());
    }

    private CapturePlan plan(List<String> statements, List<String> warnings) {
        if (statements.isEmpty()) {
            return new CapturePlan(List.of(), warnings, List.of());
        }
        List<String> all = new ArrayList<>(triggers.preamble());
        all.addAll(statements);
        return new CapturePlan(all, warnings, triggers.grants());
    }
}

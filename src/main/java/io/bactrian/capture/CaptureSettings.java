package io.bactrian.capture;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is captured in one database: {@code bactrian.databases.NAME.capture.*}.
 *
 * @param tables tables as the catalog names them, or {@code *} for all; empty where nothing is captured
 * @param excludeColumns {@code table.column}: never copied out of the user's table
 * @param install who may change the user's database
 */
public record CaptureSettings(List<String> tables, List<String> excludeColumns, Install install) {
    /** Captures nothing. */
    public static final CaptureSettings NONE = new CaptureSettings(List.of(), List.of(), Install.VERIFY);

    /** Who may change the user's database. */
    public enum Install {
        /** The platform, at its start and whenever a table has changed. */
        AUTO,
        /** An operator by {@code ./bactrian capture install}; capturing is refused until all is as it should be. */
        VERIFY,
        /** Nobody: what is there is collected, as it is. */
        NEVER;

        /** @throws IllegalArgumentException naming the value and what is allowed */
        public static Install ofWord(String word) {
            for (Install install : values()) {
                if (install.name().equalsIgnoreCase(word.strip())) {
                    return install;
                }
            }
            throw new IllegalArgumentException("capture.install=" + word + ": use auto, verify or never");
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException naming the key, the value and what is allowed */
    public CaptureSettings {
        tables = tables.stream().map(String::strip).distinct().toList();
        excludeColumns = excludeColumns.stream().map(String::strip).distinct().toList();
        if (tables.contains("*") && tables.size() > 1) {
            throw new IllegalArgumentException(
                    "capture.tables=" + String.join(",", tables) + ": either * or names of tables");
        }
        if (tables.contains("")) {
            throw new IllegalArgumentException(
                    "capture.tables=" + String.join(",", tables) + ": a table's name is missing between two commas");
        }
        for (String column : excludeColumns) {
            int dot = column.lastIndexOf('.');
            if (dot <= 0 || dot == column.length() - 1) {
                throw new IllegalArgumentException(
                        "capture.exclude-columns=" + column + ": a column is named table.column");
            }
        }
    }

    /** Whether anything is captured. */
    public boolean captures() {
        return !tables.isEmpty();
    }

    /** The excluded columns by table. */
    Map<String, Set<String>> excludedByTable() {
        Map<String, Set<String>> excluded = new LinkedHashMap<>();
        for (String column : excludeColumns) {
            int dot = column.lastIndexOf('.');
            excluded.computeIfAbsent(column.substring(0, dot), table -> new HashSet<>())
                    .add(column.substring(dot + 1));
        }
        return excluded;
    }
}

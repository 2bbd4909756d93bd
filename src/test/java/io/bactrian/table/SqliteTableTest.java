package io.bactrian.table;

import io.bactrian.database.DatabaseSettings;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

class SqliteTableTest extends TableContract {
    @TempDir
    static Path directory;

    private int databases;

    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings(
                "crm", "jdbc:sqlite:" + directory.resolve("table" + ++databases + ".db"), null, null, 10);
    }

    @Override
    String orders() {
        return """
                CREATE TABLE orders (
                    id INTEGER PRIMARY KEY, customer TEXT NOT NULL, quantity INTEGER CHECK (quantity >= 0),
                    version BIGINT, amount DECIMAL(12, 2), paid INTEGER, ratio REAL, placed DATETIME, due DATE,
                    tag UUID, doc JSON, photo BLOB, any_value, note VARCHAR(10), big BIGINT, digits TEXT,
                    doubled INTEGER GENERATED ALWAYS AS (quantity * 2))""";
    }

    @Override
    String captured() {
        return """
                SELECT coalesce(origin, 'null') || ':' || json_extract("key", '$.id')
                FROM bactrian_change WHERE "table" = 'orders' ORDER BY seq""";
    }

    @Override
    void forget() {
        run("DELETE FROM bactrian_change");
    }

    @Override
    Map<String, @Nullable Object> natural() {
        return row(
                "customer",
                "Zoë \uD83D\uDC2B \"quoted\" \\ 'single'",
                "quantity",
                1_000_000_000L,
                "version",
                1L,
                "amount",
                new BigDecimal("1234567890.12"),
                "paid",
                1L,
                "ratio",
                0.1,
                "placed",
                LocalDateTime.parse("2024-02-29T23:59:59.123456"),
                "due",
                LocalDate.parse("2024-02-29"),
                "tag",
                java.util.UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"),
                "doc",
                Map.of("exact", new BigDecimal("1.10"), "list", List.of(1, "two", true)),
                "photo",
                "\0ÿ binary".getBytes(StandardCharsets.ISO_8859_1),
                "any_value",
                "x",
                "note",
                "longer than ten characters",
                "big",
                Long.MIN_VALUE,
                "digits",
                "123456789012345678901234567890.12");
    }
}

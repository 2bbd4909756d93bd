package io.bactrian.table;

import io.bactrian.database.DatabaseSettings;
import io.bactrian.testing.PostgresServer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

class PostgresqlTableIT extends TableContract {
    @Override
    DatabaseSettings settings() {
        return new DatabaseSettings(
                "crm", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 10);
    }

    @Override
    String orders() {
        return """
                CREATE TYPE mood AS ENUM ('glad', 'sad');
                CREATE DOMAIN code AS varchar(3) CHECK (value <> 'bad');
                CREATE TABLE orders (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL,
                    quantity int CHECK (quantity >= 0), version bigint, amount numeric(40, 10), huge numeric, nan numeric,
                    paid boolean, ratio float8, small real, placed timestamp, shipped timestamptz, due date, at time,
                    tag uuid, doc jsonb, photo bytea, labels text[], grid int[][], mood mood, code code, note varchar(10),
                    span interval, far timestamptz, big bigint, ip inet,
                    doubled int GENERATED ALWAYS AS (quantity * 2) STORED)""";
    }

    @Override
    String captured() {
        return """
                SELECT coalesce(origin, 'null') || ':' || (key ->> 'id')
                FROM bactrian.change WHERE "table" = 'orders' ORDER BY seq""";
    }

    @Override
    void forget() {
        run("DELETE FROM bactrian.change");
    }

    @Override
    Map<String, @Nullable Object> natural() {
        Map<String, @Nullable Object> row = row(
                "customer",
                "Zoë \uD83D\uDC2B \"quoted\" \\ 'single'",
                "quantity",
                Integer.MAX_VALUE / 2,
                "version",
                1L,
                "amount",
                new BigDecimal("123456789012345678901234567890.0123456789"),
                "huge",
                new BigDecimal("0.00000000000000000000000000000000000000000012345"),
                "nan",
                "NaN",
                "paid",
                true,
                "ratio",
                0.1,
                "small",
                0.1f,
                "placed",
                LocalDateTime.parse("2024-02-29T23:59:59.123456"),
                "shipped",
                OffsetDateTime.parse("2024-02-29T23:59:59.123456Z"),
                "due",
                LocalDate.parse("2024-02-29"),
                "at",
                LocalTime.parse("12:34:56.789"),
                "tag",
                UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));
        row.put("doc", Map.of("exact", new BigDecimal("1.10"), "list", List.of(1, "two", true)));
        row.put("photo", "\0ÿ binary".getBytes(StandardCharsets.ISO_8859_1));
        row.put("labels", List.of("a", "b,c", "d\"e\\", "NULL", ""));
        row.put("grid", List.of(List.of(1, 2), List.of(3, 4)));
        row.put("mood", "sad");
        row.put("code", "abc");
        row.put("note", "0123456789");
        row.put("span", "1 day 02:03:04");
        row.put("far", "infinity");
        row.put("big", Long.MAX_VALUE);
        row.put("ip", "::1/128".replace("/128", ""));
        return row;
    }
}

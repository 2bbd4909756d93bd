package io.bactrian.table;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bactrian.change.Row;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.testing.PostgresServer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
        row.put("span", "P1DT2H3M4S");
        row.put("far", "infinity");
        row.put("big", Long.MAX_VALUE);
        row.put("ip", "::1/128".replace("/128", ""));
        return row;
    }

    @Test
    @DisplayName("invariant 13: what a trigger captured is written elsewhere as it was")
    void whatATriggerCapturedIsWrittenAsItWas() {
        Map<String, @Nullable Object> original = new LinkedHashMap<>(natural());
        original.put("id", 1);
        writer.write(orders(WriteRequest.Action.INSERT, original));
        String json = database.read(connection -> {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery("SELECT new FROM bactrian.change ORDER BY seq DESC LIMIT 1")) {
                result.next();
                return result.getString(1);
            }
        });
        Row row = Row.ofJson(json, database.catalog().rowType("orders"));
        run("DELETE FROM orders");
        writer.write(orders(WriteRequest.Action.UPSERT, row).stamped(List.of("crm")));
        original.put("id", 1L);
        assertRow(original, order(1));
    }

    @Test
    void aColumnThatWasWidenedTakesWhatNowFits() {
        run("CREATE TABLE widening (id int PRIMARY KEY, note varchar(3))");
        WriteRequest small = WriteRequest.of("widening", WriteRequest.Action.UPSERT, List.of(row("id", 1, "note", "a")))
                .stamped(List.of("crm"));
        // Often enough that every pooled connection has it prepared.
        await().ignoreExceptions().untilAsserted(() -> writer.write(small));
        for (int i = 0; i < 100; i++) {
            writer.write(small);
        }
        run("ALTER TABLE widening ALTER id TYPE bigint, ALTER note TYPE text");
        WriteRequest big = WriteRequest.of(
                        "widening", WriteRequest.Action.UPSERT, List.of(row("id", Long.MAX_VALUE, "note", "longer")))
                .stamped(List.of("crm"));
        await().ignoreExceptions().untilAsserted(() -> writer.write(big));
        for (int i = 0; i < 20; i++) {
            writer.write(big);
        }
    }

    @Test
    void aValueThatIsTooLongOrTooBigIsRefusedNotCut() {
        refused(
                orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "a", "note", "01234567890")),
                Kind.INVALID_VALUE);
        refused(orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "a", "code", "abcd")), Kind.INVALID_VALUE);
        refused(orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "a", "code", "bad")), Kind.CONSTRAINT);
        refused(orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "a", "mood", "so-so")), Kind.INVALID_VALUE);
        refused(
                orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "a", "placed", "soon")),
                Kind.INVALID_VALUE,
                "'placed'");
        WriteRequest batch = orders(
                WriteRequest.Action.UPSERT,
                row("id", 1, "customer", "a", "due", "2024-01-01"),
                row("id", 2, "customer", "a", "due", "soon"));
        var e = refused(batch.stamped(List.of("crm")), Kind.INVALID_VALUE, "'due'");
        assertFalse(e.getMessage().contains("INSERT"), e.getMessage());
        refused(
                orders(WriteRequest.Action.UPDATE, row("id", 1, "placed", "soon"))
                        .stamped(List.of("crm"))
                        .once(claim("soon")),
                Kind.INVALID_VALUE,
                "'placed'");
        refused(orders(WriteRequest.Action.UPSERT, row("id", 1, "customer", "nul \0 character")), Kind.INVALID_VALUE);
    }
}

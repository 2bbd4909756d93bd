package io.bactrian.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.Capture;
import io.bactrian.capture.CaptureSettings;
import io.bactrian.capture.CaptureSettings.Install;
import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.DatabaseSettings;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.Claim;
import io.bactrian.table.WriteRequest.OnConflict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A product's database with user tables, captured as the platform does it, and what tests ask of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TableDatabase {
    Database database;
    TableWriter writer;
    TableReader reader;

    /** A new, empty database. */
    abstract DatabaseSettings settings();

    /** The origins in the trigger table and the ids of the rows they are for, as {@code origin:id}. */
    abstract String captured();

    /** {@code orders} with columns of all types that the product has. */
    abstract String orders();

    @BeforeAll
    void open() {
        database = Database.open(settings());
        run(orders());
        run("CREATE TABLE scratch (id bigint)");
        run("CREATE TABLE flags (name text PRIMARY KEY)");
        run("CREATE TABLE lines (ord int, line int, sku text, PRIMARY KEY (ord, line))");
        run("CREATE TABLE keyless (name text)");
        run("CREATE TABLE parts (id bigint PRIMARY KEY, ord bigint REFERENCES orders (id))");
        run("CREATE TABLE \"we\"\"ird; DROP TABLE orders --\" (\"na\"\"me'; --\" text PRIMARY KEY, \"?\" text)");
        new Capture(database, new CaptureSettings(List.of("orders"), List.of(), Install.AUTO)).install(List.of());
        writer = new TableWriter(database);
        reader = new TableReader(database);
    }

    @BeforeEach
    void empty() {
        for (String table : List.of("parts", "orders", "scratch", "flags", "lines", "keyless")) {
            run("DELETE FROM " + table);
        }
        forget();
    }

    @AfterAll
    void close() {
        database.close();
    }

    void run(String sql) {
        database.transaction(List.of(), connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    /** Empties the trigger table. */
    abstract void forget();

    static Map<String, @Nullable Object> row(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return row;
    }

    @SafeVarargs
    static WriteRequest orders(Action action, Map<String, @Nullable Object>... rows) {
        return WriteRequest.of("orders", action, List.of(rows));
    }

    static Optional<Claim> claim(String message) {
        return Optional.of(new Claim("in", "write", 0, message, 0));
    }

    WriteRequest with(WriteRequest request, @Nullable String version, OnConflict onConflict, boolean returning) {
        return new WriteRequest(
                request.table(),
                request.action(),
                request.rows(),
                request.keyColumns(),
                request.origin(),
                request.claim(),
                version,
                onConflict,
                returning);
    }

    Map<String, @Nullable Object> order(long id) {
        return reader.find("orders", row("id", id)).orElseThrow();
    }

    /** What the triggers saw since the test began. */
    List<String> seen() {
        return database.read(connection -> {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery(captured())) {
                List<String> seen = new ArrayList<>();
                while (result.next()) {
                    seen.add(result.getString(1));
                }
                return seen;
            }
        });
    }

    DatabaseException refused(WriteRequest request, Kind kind, String... words) {
        DatabaseException e = assertThrows(DatabaseException.class, () -> writer.write(request));
        assertEquals(kind, e.kind(), e.getMessage());
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "'" + word + "' is not in: " + e.getMessage());
        }
        return e;
    }
}

package io.bactrian.table;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.SetWrites;
import io.bactrian.database.Table;
import io.bactrian.table.WriteRequest.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch of changes to a product that takes many rows in a statement, in one transaction. Thread-safe; blocks its
 * caller.
 */
final class SetWriter {
    /** A statement's text is bounded, for both sides hold it in memory several times. */
    private static final int LONGEST_TEXT = 4 << 20;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Database database;
    private final SetWrites sets;
    private final Map<String, SetTable> tables = new ConcurrentHashMap<>();
    private volatile @Nullable References references;
    private volatile long lookedAt;

    SetWriter(Database database, SetWrites sets) {
        this.database = database;
        this.sets = sets;
    }

    /** The statements that do what these changes did; empty where each row has to be looked at. */
    Optional<List<SetPlan.Step>> plan(List<RowChange> changes) {
        return SetPlan.of(changes, this::table, database.dialect().writes()::truncate, references());
    }

    /** All steps or none, each stamped with its origin; says how many rows were written, negative where the claim was taken. */
    int run(List<SetPlan.Step> steps, Optional<Claim> claim) {
        List<String> first = steps.isEmpty() ? List.of() : steps.get(0).origin();
        return database.transaction(first, connection -> {
            if (claim.isPresent()
                    && !RowExecution.claim(connection, database.dialect().writes(), claim.get())) {
                return -1;
            }
            List<String> origin = first;
            int written = 0;
            for (SetPlan.Step step : steps) {
                if (!step.origin().equals(origin)) {
                    origin = step.origin();
                    database.dialect().setOrigin(connection, origin, null);
                }
                written += run(connection, step);
            }
            if (!origin.equals(first)) {
                // Taken off by the transaction, which knows only of its own.
                database.dialect().setOrigin(connection, first, null);
            }
            return written;
        });
    }

    /** What was believed may have changed: looked for again. */
    void doubt() {
        references = null;
    }

    private int run(Connection connection, SetPlan.Step step) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(step.statement())) {
            if (step.rows().isEmpty()) {
                return prepared.executeUpdate();
            }
            int written = 0;
            StringBuilder text = new StringBuilder();
            for (String row : step.rows()) {
                if (text.length() > 0 && text.length() + row.length() > LONGEST_TEXT) {
                    written += run(prepared, text);
                }
                text.append(text.length() == 0 ? '[' : ',').append(row);
            }
            return written + run(prepared, text);
        }
    }

    private static int run(PreparedStatement prepared, StringBuilder rows) throws SQLException {
        prepared.setObject(1, rows.append(']').toString(), Types.OTHER);
        rows.setLength(0);
        return prepared.executeUpdate();
    }

    private @Nullable SetTable table(String name) {
        Table now = database.catalog().find(name).orElse(null);
        if (now == null) {
            return null;
        }
        SetTable known = tables.get(name);
        if (known == null || !known.table().equals(now)) {
            known = new SetTable(now, sets);
            tables.put(name, known);
        }
        return known;
    }

    /** @throws DatabaseException where the database can't be asked */
    private References references() {
        References known = references;
        if (known == null || System.nanoTime() - lookedAt > LOOK_AGAIN_NANOS) {
            known = database.read(connection -> References.read(connection, sets));
            references = known;
            lookedAt = System.nanoTime();
        }
        return known;
    }
}

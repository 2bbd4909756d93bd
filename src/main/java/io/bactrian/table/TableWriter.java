package io.bactrian.table;

import io.bactrian.database.Database;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.database.RowShape;
import io.bactrian.database.WriteDialect;
import io.bactrian.table.RowExecution.Written;
import io.bactrian.table.WriteRequest.Action;
import io.bactrian.table.WriteRequest.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes user tables of one database on behalf of a party: claim, origin and rows in one transaction (invariants 9 and
 * 10); a single row in one round trip where the product can.
 *
 * <p>Locks, deadlocks and serialization failures are tried again for some seconds; a table or column that isn't known is
 * looked for again in the database first. Thread-safe; blocks its caller.
 */
public final class TableWriter {
    private static final int TRIES = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PURGED_AT_ONCE = 5_000;
    /** Instead of a count: the claim was taken before. */
    private static final int TAKEN = -1;

    /** One request with its rows' statements. */
    private record Planned(WriteRequest request, TablePlan plan, List<PlannedRow> rows) {}

    /** What triggers are told of a write: on whose behalf, and in which table it is meant. */
    private record Stamp(List<String> origin, @Nullable String table) {
        static Stamp of(List<Planned> planned) {
            Planned first = planned.get(0);
            String table = first.plan().table().name();
            return new Stamp(first.request().origin(), planned.size() == 1 ? table : null);
        }
    }

    private final Database database;
    private final WriteDialect dialect;
    private final Tables tables;
    private final TableReader reader;
    private final Optional<SetWriter> sets;
    private final AtomicLong looked = new AtomicLong(System.nanoTime() - LOOK_AGAIN_NANOS);
    private volatile boolean oursKnown;

    public TableWriter(Database database) {
        this.database = database;
        this.dialect = database.dialect().writes();
        this.tables = new Tables(database);
        this.reader = new TableReader(database, tables);
        this.sets = dialect.sets().map(ability -> new SetWriter(database, ability));
    }

    /**
     * Writes the request's rows, all or none.
     *
     * @throws DatabaseException whose kind says what a caller can do; a write with a claim or an origin is refused
     *     ({@code INVALID_STATEMENT}) where the database lacks our tables
     */
    public WriteResult write(WriteRequest request) {
        return writeTogether(List.of(request));
    }

    /**
     * Writes several requests in order, all or none, under the first one's claim. Each is stamped with its own origin.
     *
     * @throws DatabaseException as {@link #write}
     */
    public WriteResult writeTogether(List<WriteRequest> requests) {
        long start = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(requests);
            } catch (DatabaseException e) {
                boolean inTime = attempt < TRIES && System.nanoTime() - start < PATIENCE_NANOS;
                // Of a joint transaction nothing works any more.
                if (database.isJoint() || !inTime || !mayWorkNow(e, requests, attempt)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Repeats changes, all or none, so that the rows become what they would by one after the other; a row that changes
     * several times may be written once. Where the product doesn't take them so, or something is in the way, they are
     * written one after the other.
     *
     * @param inOrder the same changes as requests
     * @throws DatabaseException as {@link #write}
     */
    public WriteResult writeChanges(
            List<RowChange> changes, Optional<Claim> claim, Supplier<List<WriteRequest>> inOrder) {
        Optional<List<SetPlan.Step>> plan =
                isPlain(changes) ? Optional.empty() : sets.flatMap(writer -> writer.plan(changes));
        if (plan.isPresent()) {
            requireOurTables();
            try {
                int written = sets.orElseThrow().run(plan.get(), claim);
                return new WriteResult(written >= 0, Math.max(0, written), List.of());
            } catch (DatabaseException e) {
                if (e.kind() == Kind.UNREACHABLE || e.kind() == Kind.FORBIDDEN || database.isJoint()) {
                    throw e;
                }
                // A deadlock, a unique value that moves between rows, a circle of references, or a row that won't do at
                // all.
                sets.orElseThrow().doubt();
            }
        }
        List<WriteRequest> requests = new ArrayList<>(inOrder.get());
        requests.set(0, requests.get(0).once(claim));
        return writeTogether(requests);
    }

    /** One row is written in one trip; but one whose key changed has to be found. */
    private static boolean isPlain(List<RowChange> changes) {
        return changes.size() == 1 && changes.get(0).change().keyBeforeJson() == null;
    }

    private boolean mayWorkNow(DatabaseException failure, List<WriteRequest> requests, int attempt) {
        if (failure.kind() == Kind.CONTENDED) {
            return pause(attempt);
        }
        // A column that came, went, or was widened.
        if (failure.kind() != Kind.INVALID_STATEMENT && failure.kind() != Kind.INVALID_VALUE) {
            return false;
        }
        oursKnown = false;
        long last = looked.get();
        return System.nanoTime() - last >= LOOK_AGAIN_NANOS
                && looked.compareAndSet(last, System.nanoTime())
                && tables.changed(requests.stream().map(WriteRequest::table).toList());
    }

    private static boolean pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(5, 25 * attempt));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private WriteResult attempt(List<WriteRequest> requests) {
        List<Planned> planned = requests.stream().map(this::planned).toList();
        WriteRequest first = requests.get(0);
        if (first.claim().isPresent()
                || requests.stream().anyMatch(each -> !each.origin().isEmpty())) {
            requireOurTables();
        }
        if (planned.size() == 1 && planned.get(0).rows().size() == 1) {
            PlannedRow row = planned.get(0).rows().get(0);
            // Jointly, the origin is set when it isn't the one before's.
            boolean stamped = !first.origin().isEmpty() && !database.isJoint();
            Optional<String> sql =
                    row.statement().oneTrip(stamped, first.claim().isPresent());
            if (sql.isPresent() && !(row.mustHit() && first.claim().isPresent())) {
                return alone(first, row, sql.get(), stamped ? first.origin() : List.of());
            }
        }
        return together(planned);
    }

    private Planned planned(WriteRequest request) {
        TablePlan plan = tables.of(request.table());
        if (request.action() == Action.TRUNCATE) {
            return new Planned(request, plan, List.of());
        }
        return new Planned(
                request,
                plan,
                request.rows().stream().map(row -> plan.plan(request, row)).toList());
    }

    private WriteResult alone(WriteRequest request, PlannedRow row, String sql, List<String> stamp) {
        Claim claim = request.claim().orElse(null);
        boolean plain = claim == null && stamp.isEmpty();
        Written written = database.statement(
                request.origin(),
                connection -> plain
                        ? RowExecution.one(connection, row)
                        : RowExecution.oneTrip(connection, sql, row, stamp, claim));
        if (written.claimed() && !written.written() && row.mustHit()) {
            throw RowExecution.stale(row);
        }
        return new WriteResult(
                written.claimed(),
                written.written() ? 1 : 0,
                request.returning() ? returned(List.of(written)) : List.of());
    }

    private WriteResult together(List<Planned> planned) {
        WriteRequest first = planned.get(0).request();
        List<Written> returning = new ArrayList<>();
        Stamp own = Stamp.of(planned.subList(0, end(planned, 0)));
        int affected = database.transaction(own.origin(), own.table(), connection -> {
            returning.clear();
            if (first.claim().isPresent()
                    && !RowExecution.claim(connection, dialect, first.claim().get())) {
                return TAKEN;
            }
            int written = 0;
            Stamp stamp = own;
            try (Prepared statements = new Prepared(connection)) {
                for (int from = 0, to; from < planned.size(); from = to) {
                    to = end(planned, from);
                    List<Planned> next = planned.subList(from, to);
                    stamp = restamp(connection, stamp, Stamp.of(next));
                    written += isTruncate(next.get(0))
                            ? truncate(connection, next)
                            : write(statements, next.get(0), returning);
                }
            }
            // Taken off by the transaction, which knows only of its own.
            restamp(connection, stamp, own);
            return written;
        });
        if (affected == TAKEN) {
            for (Planned each : planned) {
                if (each.request().returning()) {
                    each.rows().forEach(row -> returning.add(new Written(row, false, false, null)));
                }
            }
        }
        return new WriteResult(affected != TAKEN, Math.max(0, affected), returned(returning));
    }

    private Stamp restamp(Connection connection, Stamp from, Stamp to) throws SQLException {
        if (to.origin().isEmpty()) {
            if (!from.origin().isEmpty()) {
                // Empty, where the product forgets only with the transaction.
                database.dialect().setOrigin(connection, to.origin(), to.table());
                database.dialect().clearOrigin(connection);
            }
        } else if (!from.equals(to)) {
            database.dialect().setOrigin(connection, to.origin(), to.table());
        }
        return to;
    }

    private static boolean isTruncate(Planned planned) {
        return planned.request().action() == Action.TRUNCATE;
    }

    /** Up to where requests are carried out together: one, or several TRUNCATEs, whose tables may refer to each other. */
    private static int end(List<Planned> planned, int from) {
        Planned first = planned.get(from);
        int to = from + 1;
        while (isTruncate(first)
                && to < planned.size()
                && isTruncate(planned.get(to))
                && planned.get(to).request().origin().equals(first.request().origin())) {
            to++;
        }
        return to;
    }

    private int truncate(Connection connection, List<Planned> planned) throws SQLException {
        int removed = 0;
        try (var statement = connection.createStatement()) {
            for (String sql : dialect.truncate(
                    planned.stream().map(each -> each.plan().table()).toList())) {
                removed += statement.executeUpdate(sql);
            }
        }
        return removed;
    }

    private int write(Prepared statements, Planned planned, List<Written> returning) throws SQLException {
        int written = 0;
        List<PlannedRow> rows = planned.rows();
        for (int from = 0, to; from < rows.size(); from = to) {
            RowStatement statement = rows.get(from).statement();
            to = from + 1;
            if (statement.returning()) {
                Written one = RowExecution.one(statements.connection(), rows.get(from));
                returning.add(one);
                written += one.written() ? 1 : 0;
            } else {
                while (to < rows.size() && rows.get(to).statement() == statement) {
                    to++;
                }
                written += RowExecution.many(statements.of(statement), rows.subList(from, to));
            }
        }
        return written;
    }

    /** The rows as they are now; what wasn't written now is looked up. */
    private List<Map<String, @Nullable Object>> returned(List<Written> written) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Written each : written) {
            Map<String, @Nullable Object> row = each.row();
            RowShape shape = each.planned().statement().shape();
            if (row != null) {
                rows.add(row);
            } else if (each.planned().hasKey() && shape.kind() != RowShape.Kind.DELETE) {
                reader.find(shape.table().name(), each.planned().key()).ifPresent(rows::add);
            }
        }
        return rows;
    }

    /**
     * Makes sure of what claims and origins need; looked for until it is there, then believed until a statement fails.
     *
     * @throws DatabaseException with the remedy
     */
    public void requireOurTables() {
        if (!oursKnown) {
            oursKnown = database.read(connection -> {
                try (var statement = connection.createStatement();
                        ResultSet there = statement.executeQuery(dialect.claimsTable())) {
                    return there.next();
                }
            });
            if (!oursKnown) {
                throw new DatabaseException(
                        Kind.INVALID_STATEMENT,
                        "Database " + database.name()
                                + " lacks Bactrian's tables, which writes with an origin or applied"
                                + " once need: run './bactrian capture install --database " + database.name() + "'",
                        null);
            }
        }
    }

    /**
     * Forgets claims made before that time, some thousands per transaction so that writers aren't held up.
     *
     * @return how many
     */
    public int purgeClaims(Instant before) {
        int purged = 0;
        int now;
        do {
            now = database.transaction(List.of(), connection -> {
                try (PreparedStatement statement = connection.prepareStatement(dialect.purgeClaims())) {
                    statement.setString(1, before.toString());
                    statement.setInt(2, PURGED_AT_ONCE);
                    return statement.executeUpdate();
                }
            });
            purged += now;
        } while (now == PURGED_AT_ONCE);
        return purged;
    }
}

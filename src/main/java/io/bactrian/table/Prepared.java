package io.bactrian.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The statements of one transaction, each prepared once: in a batch of several tables they take turns, and preparing one
 * costs more than running it where its triggers are prepared with it. For one thread.
 */
final class Prepared implements AutoCloseable {
    private final Connection connection;
    private final Map<RowStatement, PreparedStatement> statements = new HashMap<>();

    Prepared(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** With no parameter of an earlier use in its batch. */
    PreparedStatement of(RowStatement statement) throws SQLException {
        PreparedStatement prepared = statements.get(statement);
        if (prepared == null) {
            prepared = connection.prepareStatement(statement.sql());
            statements.put(statement, prepared);
        }
        return prepared;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
    }
}

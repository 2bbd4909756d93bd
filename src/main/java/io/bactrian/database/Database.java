package io.bactrian.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** SEAM (to be implemented): one named user database. Thread-safe. */
public final class Database implements AutoCloseable {
    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private Database() {}

    /** Makes the pool without connecting: an unreachable database fails on use, not here. */
    public static Database open(DatabaseSettings settings) {
        throw new UnsupportedOperationException();
    }

    public String name() {
        throw new UnsupportedOperationException();
    }

    public Dialect dialect() {
        throw new UnsupportedOperationException();
    }

    public DataSource dataSource() {
        throw new UnsupportedOperationException();
    }

    /** The tables, read once and again after {@link Catalog#refresh()}. */
    public Catalog catalog() {
        throw new UnsupportedOperationException();
    }

    /** Runs work in one transaction whose writes carry this chain of parties as origin; rolls back where it throws. */
    public <T> T transaction(List<String> origin, Work<T> work) {
        throw new UnsupportedOperationException();
    }

    /** Runs a read; nothing it writes is kept. */
    public <T> T read(Work<T> work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}

package io.bactrian.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL for tests: one server per JVM, started at first use and stopped with the JVM; it syncs to disk as a
 * production server does. Thread-safe.
 */
public final class PostgresServer {
    public static final String USER = "postgres";
    public static final String PASSWORD = "postgres";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresServer() {}

    /** Makes a new, empty database; gives its JDBC url (connect as {@link #USER}, {@link #PASSWORD}). */
    public static String newDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return url(name);
    }

    /** The url of one of the server's databases. */
    public static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + Holder.SERVER.getPort() + "/" + database;
    }

    /** Runs one statement as superuser. */
    public static void execute(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(url(database), USER, PASSWORD);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Failed: " + sql, e);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            // The library starts its servers with -F (no fsync); what comes later on the command line wins.
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_prepared_transactions", "10")
                    .setServerConfig("max_connections", "200")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Holder {
        static final EmbeddedPostgres SERVER = start();
    }
}

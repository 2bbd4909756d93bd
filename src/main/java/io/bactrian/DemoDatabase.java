package io.bactrian;

import io.bactrian.cli.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQLite database of the demo: made, with some rows, where its file isn't there yet. */
final class DemoDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(DemoDatabase.class);
    private static final String URL = "jdbc:sqlite:";
    private static final String FILE = "demo.db";

    private DemoDatabase() {}

    /** Whether a database URL is the demo's. */
    static boolean isDemo(String url) {
        return url.startsWith(URL) && Path.of(url.substring(URL.length())).endsWith(FILE);
    }

    /** Makes the file whole or not at all: a killed first start leaves no half of it. */
    static void makeWhereMissing(String url) {
        Path file = Path.of(url.substring(URL.length()));
        if (Files.exists(file)) {
            return;
        }
        Path unfinished = file.resolveSibling(FILE + ".unfinished");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.deleteIfExists(unfinished);
            fill(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("Demo database made: {}", file);
        } catch (IOException | SQLException e) {
            throw new StartException("The demo database " + file + " can't be made: " + e.getMessage(), e);
        }
    }

    private static void fill(Path file) throws IOException, SQLException {
        try (InputStream script = DemoDatabase.class.getResourceAsStream("/demo/demo.sql");
                Connection connection = DriverManager.getConnection(URL + file);
                Statement statement = connection.createStatement()) {
            // The script holds no semicolon but those that end its statements.
            for (String sql : new String(script.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }
}

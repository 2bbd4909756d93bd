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
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQLite databases of the demo, a shop and its branch: made, with some rows, where their files aren't there yet. */
final class DemoDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(DemoDatabase.class);
    private static final String URL = "jdbc:sqlite:";
    private static final List<String> NAMES = List.of("demo", "branch");

    private DemoDatabase() {}

    /** Whether a database URL, its path absolute, is one of the demo's in this data folder. */
    static boolean isDemo(String url, Path data) {
        return NAMES.stream().anyMatch(name -> url.equals(URL + data.resolve(name + ".db")));
    }

    /** Makes the file whole or not at all: a killed first start leaves no half of it. */
    static void makeWhereMissing(String url) {
        Path file = Path.of(url.substring(URL.length()));
        if (Files.exists(file)) {
            return;
        }
        String name = file.getFileName().toString();
        Path unfinished = file.resolveSibling(name + ".unfinished");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.deleteIfExists(unfinished);
            fill(unfinished, "/demo/" + name.replace(".db", ".sql"));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("Demo database made: {}", file);
        } catch (IOException | SQLException e) {
            throw new StartException("The demo database " + file + " can't be made: " + e.getMessage(), e);
        }
    }

    private static void fill(Path file, String script) throws IOException, SQLException {
        try (InputStream statements = DemoDatabase.class.getResourceAsStream(script);
                Connection connection = DriverManager.getConnection(URL + file);
                Statement statement = connection.createStatement()) {
            // The script holds no semicolon but those that end its statements.
            for (String sql : new String(statements.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }
}

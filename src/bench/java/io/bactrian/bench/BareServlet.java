package io.bactrian.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/** The bound of W3: a bare Jetty servlet that parses the JSON and inserts the row; a process of its own. */
final class BareServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final transient HikariDataSource database;

    private BareServlet(HikariDataSource database) {
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(arguments[1]);
        pool.setUsername(arguments[2]);
        pool.setPassword(arguments[3]);
        pool.setMaximumPoolSize(16);
        ServletContextHandler handler = new ServletContextHandler("/");
        handler.addServlet(new ServletHolder(new BareServlet(new HikariDataSource(pool))), "/*");
        Server server = new Server(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
        server.setHandler(handler);
        server.start();
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        JsonNode row = JSON.readTree(request.getInputStream());
        try (Connection connection = database.getConnection();
                PreparedStatement insert = Shop.insert(connection)) {
            insert.setLong(1, row.get("id").asLong());
            insert.setInt(2, row.get("customer_id").asInt());
            insert.setString(3, row.get("status").asText());
            insert.setBigDecimal(4, row.get("amount").decimalValue());
            insert.setString(5, row.get("note").asText());
            insert.execute();
            response.setStatus(204);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}

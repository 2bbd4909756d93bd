package io.bactrian.camel.table;

import io.bactrian.camel.Rooms;
import io.bactrian.table.TableReader;
import io.bactrian.table.TableWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** Makes {@code table:} endpoints. Wrong options are refused here, when the route is loaded, not when it starts. */
@Component("table")
public final class TableComponent extends DefaultComponent {
    private final Map<String, TableWriter> writers = new ConcurrentHashMap<>();
    private final Map<String, TableReader> readers = new ConcurrentHashMap<>();

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        TableEndpoint endpoint = new TableEndpoint(uri, this);
        endpoint.setTable(remaining);
        setProperties(endpoint, parameters);
        // What isn't there is reported by Camel after this; a misspelt option should be named before a wrong value.
        if (parameters.isEmpty()) {
            endpoint.check();
        }
        return endpoint;
    }

    /** The one writer of a database, which all endpoints share: it knows the statements made so far. */
    TableWriter writer(String database) {
        return writers.computeIfAbsent(
                database, name -> new TableWriter(Rooms.of(getCamelContext()).database(name)));
    }

    TableReader reader(String database) {
        return readers.computeIfAbsent(
                database, name -> new TableReader(Rooms.of(getCamelContext()).database(name)));
    }
}

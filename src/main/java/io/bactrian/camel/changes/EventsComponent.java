package io.bactrian.camel.changes;

import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * Makes {@code events:} endpoints: subscriptions to what database code emits. They have the options of {@code changes:},
 * but for those that choose among what happens to rows.
 */
@Component("events")
public final class EventsComponent extends DefaultComponent {
    private static final List<String> OF_ROWS = List.of("operations", "columns", "snapshot");

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        ChangesComponent.refuseLater("events", parameters);
        for (String option : OF_ROWS) {
            if (parameters.containsKey(option)) {
                throw new IllegalArgumentException(
                        "Option " + option + " of events: means nothing: an event is no row; leave it out");
            }
        }
        ChangesEndpoint endpoint = new ChangesEndpoint(uri, this, true);
        endpoint.setTables(remaining);
        setProperties(endpoint, parameters);
        if (parameters.isEmpty()) {
            endpoint.check();
        }
        return endpoint;
    }
}

package io.bactrian.camel;

import io.bactrian.database.Database;
import io.bactrian.hook.InboundHooks;
import io.bactrian.subscription.ChangeSource;
import io.bactrian.subscription.Subscriptions;
import java.time.Clock;
import java.util.Map;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/**
 * The platform's rooms as a Camel component sees them; lies in the context's registry. Thread-safe as its parts are.
 *
 * @param databases the connected databases by name
 */
public record Rooms(Map<String, Database> databases, Subscriptions subscriptions, InboundHooks hooks, Clock clock) {
    private static final String NAME = "bactrianRooms";

    /** In a context's registry: where its routes get changes from instead of the subscriptions. */
    public static final String CHANGE_SOURCE = "bactrianChangeSource";

    public Rooms {
        databases = Map.copyOf(databases);
    }

    /**
     * The rooms that a context's components work with.
     *
     * @throws IllegalStateException where the context is not the platform's
     */
    public static Rooms of(CamelContext context) {
        Rooms rooms = context.getRegistry().findSingleByType(Rooms.class);
        if (rooms == null) {
            throw new IllegalStateException(
                    "This Camel context is not Bactrian's: its registry holds no " + Rooms.class);
        }
        return rooms;
    }

    /** Where this context's routes get changes from: its subscriptions, unless it was given something else. */
    public static ChangeSource changeSource(CamelContext context) {
        ChangeSource given = context.getRegistry().lookupByNameAndType(CHANGE_SOURCE, ChangeSource.class);
        return given == null ? of(context).subscriptions() : given;
    }

    /**
     * The database of this name.
     *
     * @throws IllegalArgumentException naming the ones there are
     */
    public Database database(String name) {
        Database database = databases.get(name);
        if (database == null) {
            throw new IllegalArgumentException("Unknown database '" + name + "': there "
                    + (databases.size() == 1 ? "is " : "are ") + String.join(", ", new TreeSet<>(databases.keySet()))
                    + " (bactrian.databases." + name + ".url isn't set)");
        }
        return database;
    }

    /**
     * Makes the rooms and their parts known to routes and components: itself and its parts by type, each database by
     * its name, both as {@link Database} and as the {@link javax.sql.DataSource} that {@code sql:} takes.
     */
    public void bindTo(Registry registry) {
        registry.bind(NAME, Rooms.class, this);
        registry.bind("bactrianSubscriptions", Subscriptions.class, subscriptions);
        registry.bind("bactrianHooks", InboundHooks.class, hooks);
        registry.bind("bactrianClock", Clock.class, clock);
        databases.forEach((name, database) -> {
            // The pool first: a look-up by name alone, as `dataSource=#main` may be, takes the first.
            registry.bind(name, javax.sql.DataSource.class, database.dataSource());
            registry.bind(name, Database.class, database);
        });
    }
}

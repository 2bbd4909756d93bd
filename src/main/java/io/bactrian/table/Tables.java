package io.bactrian.table;

import io.bactrian.database.Database;
import io.bactrian.database.Table;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tables of one database with the statements made for them so far. Thread-safe. */
final class Tables {
    private final Database database;
    private final Map<String, TablePlan> plans = new ConcurrentHashMap<>();

    Tables(Database database) {
        this.database = database;
    }

    /** @throws io.bactrian.database.DatabaseException naming the tables there are */
    TablePlan of(String name) {
        Table table = database.catalog()
                .find(name)
                .orElseThrow(() -> Names.unknown(
                        "Database " + database.name(),
                        "table",
                        name,
                        database.catalog().tables().stream().map(Table::name).toList()));
        TablePlan plan = plans.get(name);
        if (plan == null || !plan.table().equals(table)) {
            plan = new TablePlan(table, database.dialect().writes());
            plans.put(name, plan);
        }
        return plan;
    }

    /** Looks at the database again; says whether that changed anything about these tables. */
    boolean changed(Iterable<String> names) {
        Map<String, TablePlan> before = Map.copyOf(plans);
        database.catalog().refresh();
        for (String name : names) {
            Table now = database.catalog().find(name).orElse(null);
            TablePlan then = before.get(name);
            if (now != null && (then == null || !then.table().equals(now))) {
                return true;
            }
        }
        return false;
    }
}

package io.bactrian.database;

import io.bactrian.testing.PostgresServer;
import java.util.List;
import java.util.Map;

class PostgresqlDialectIT extends DialectContract {
    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 10);
    }

    @Override
    Map<Integer, String> notApplicable() {
        return Map.of();
    }

    @Override
    List<String> userTrigger(String name, String table, String statement) {
        return List.of(
                "CREATE FUNCTION " + name + "_function() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement
                        + "; RETURN NULL; END $$",
                "CREATE TRIGGER \"" + name + "\" AFTER INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + name
                        + "_function()");
    }
}

package io.bactrian.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bactrian.change.Row;
import io.bactrian.testing.PostgresServer;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PostgresqlValuesIT extends CapturedValuesContract {
    @Override
    DatabaseSettings newDatabase() {
        return new DatabaseSettings(
                "main", PostgresServer.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD, 10);
    }

    @Override
    byte[] bytes(Object recorded) {
        return (byte[]) recorded;
    }

    @Override
    String binaryType() {
        return "bytea";
    }

    @Test
    @DisplayName("pitfall 21: NaN, infinities and 39-digit numerics")
    void numericsAreExact() {
        db.capture("numbers", "CREATE TABLE numbers(id integer PRIMARY KEY, n numeric, r real, d double precision)");
        db.execute("INSERT INTO numbers VALUES (1, 123456789012345678901234567890123456789.5, 16777216, 0.1),"
                + " (2, 'NaN', 'NaN', 'NaN'), (3, 'Infinity', '-Infinity', 'Infinity'), (4, 1.50, 0.1, 1e300)");
        assertEquals(
                List.of(
                        "i {id=1} null -> {id=1, n=123456789012345678901234567890123456789.5, r=1.6777216E7, d=0.1}",
                        "i {id=2} null -> {id=2, n=NaN, r=NaN, d=NaN}",
                        "i {id=3} null -> {id=3, n=Infinity, r=-Infinity, d=Infinity}",
                        "i {id=4} null -> {id=4, n=1.50, r=0.1, d=1.0E300}"),
                db.changes("numbers"));
    }

    @Test
    @DisplayName("pitfall 20: session settings don't alter what is recorded")
    void sessionSettingsDoNotAlterWhatIsRecorded() {
        db.capture(
                "session",
                "CREATE TABLE session(id integer PRIMARY KEY, t timestamptz, d date, i interval, f real, g double precision,"
                        + " b bytea, ds date[], r tstzrange, bs bytea[], z timetz)");
        String values = ", '2026-03-04 05:06:07.123456+00', '2026-03-04', '1 year 2 days 03:04:05', 0.1, 0.1::float8,"
                + " '\\x00ff', ARRAY['2026-03-04'::date], '[2026-03-04 00:00+00,)', ARRAY['\\x00'::bytea], '05:06:07+01')";
        db.execute("INSERT INTO session VALUES (1" + values);
        db.database.transaction(List.of(), c -> {
            DatabaseContract.update(c, "SET LOCAL TimeZone = 'Asia/Kolkata'");
            DatabaseContract.update(c, "SET LOCAL IntervalStyle = 'sql_standard'");
            DatabaseContract.update(c, "SET LOCAL extra_float_digits = -10");
            DatabaseContract.update(c, "SET LOCAL bytea_output = 'escape'");
            DatabaseContract.update(c, "SET LOCAL standard_conforming_strings = off");
            DatabaseContract.update(c, "SET LOCAL search_path = ''");
            // The driver must not see this one.
            return DatabaseContract.update(
                    c,
                    "DO $x$ BEGIN SET LOCAL DateStyle = 'SQL, DMY'; INSERT INTO public.session VALUES (2"
                            + values.replace("\\x", "\\\\x") + "; SET LOCAL DateStyle = 'ISO, MDY'; END $x$");
        });
        List<Row> rows = db.after("session");
        assertEquals(rows.get(0).json(), rows.get(1).json().replace("\"id\":2", "\"id\":1"));
        Row row = rows.get(0);
        assertEquals(OffsetDateTime.parse("2026-03-04T05:06:07.123456Z"), row.get("t"));
        assertEquals(OffsetTime.parse("05:06:07+01:00"), row.get("z"));
        assertEquals("P1Y2DT3H4M5S", row.get("i"));
    }

    @Test
    @DisplayName("pitfall 9; invariant 11: no type makes the user's write fail")
    void noTypeMakesTheWriteFail() {
        db.execute("CREATE TYPE pair AS (a int, b timestamptz)");
        db.capture(
                "types",
                "CREATE TABLE types(id uuid PRIMARY KEY, a int[], b json, c jsonb, d xml, e inet, f point, g money,"
                        + " h tsvector, i bit(3), j pair, k date, l timestamp, m \"char\", n int4range, o time, p oid)");
        db.execute("INSERT INTO types VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{1,NULL}',"
                + " '{\"x\": 1, \"x\": 2.50}', '[1.50]', '<a/>', '::1', '(0.1,2)', 5, 'a b', B'101', (1, 'now'), 'infinity',"
                + " '4713-01-01 00:00:00 BC', 'q', '[1,5)', '24:00', 7)");
        db.execute("UPDATE types SET a = NULL, b = NULL, k = '99999-01-01'");
        db.execute("DELETE FROM types");
        List<String> changes = db.changes("types");
        assertEquals(3, changes.size());
        assertEquals(
                "{\"x\": 1, \"x\": 2.50}",
                db.texts("SELECT new ->> 'b' FROM bactrian.change WHERE \"table\" = 'types' AND operation = 'i'")
                        .get(0));
    }

    @Test
    void virtualGeneratedColumnsAreLeftOutSinceTriggersDoNotSeeThem() {
        db.capture(
                "virtuals",
                "CREATE TABLE virtuals(id integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (id * 2) VIRTUAL)");
        db.execute("INSERT INTO virtuals(id) VALUES (4)");
        assertEquals(List.of("i {id=4} null -> {id=4}"), db.changes("virtuals"));
    }

    @Test
    void aKeyThatIsEqualAndNotTheSameIsAltered() {
        db.execute("CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        db.capture("words", "CREATE TABLE words(id text COLLATE blind PRIMARY KEY)");
        db.capture("decimals", "CREATE TABLE decimals(id numeric PRIMARY KEY)");
        db.execute("INSERT INTO words VALUES ('a'); UPDATE words SET id = 'A'");
        db.execute("INSERT INTO decimals VALUES (1.0); UPDATE decimals SET id = 1.00");
        assertEquals(List.of("i {id=a}", "k {id=A}"), db.operations("words"));
        assertEquals(List.of("i {id=1.0}", "k {id=1.00}"), db.operations("decimals"));
    }

    @Test
    void keysOfAllTypesAreJson() {
        db.capture(
                "keys",
                "CREATE TABLE keys(a uuid, b text, c bytea, d timestamptz, e numeric, f boolean, g date,"
                        + " PRIMARY KEY (a, b, c, d, e, f, g))");
        db.execute("INSERT INTO keys VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x\"y', '\\x00ff',"
                + " '2026-01-02 03:04:05+00', 1.50, true, '2026-01-02'); UPDATE keys SET c = '\\x01'");
        assertEquals(
                "{\"a\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\",\"b\":\"x\\\"y\",\"c\":\"AP8=\","
                        + "\"d\":\"2026-01-02T03:04:05+00:00\",\"e\":1.50,\"f\":true,\"g\":\"2026-01-02\"}",
                db.texts("SELECT key FROM bactrian.change WHERE \"table\" = 'keys' AND operation = 'i'")
                        .get(0));
        assertEquals(
                1,
                db.texts("SELECT key FROM bactrian.change WHERE \"table\" = 'keys' AND operation = 'k'")
                        .size());
    }
}

package io.bactrian.database.postgresql;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WriteRateTest {
    private static final long MILLI = 1_000_000L;

    private final WriteRate rate = new WriteRate(0);

    @Test
    void fewRowsAreQuiet() {
        for (int i = 1; i <= 200; i++) {
            rate.read(1, 5 * i * MILLI);
        }
        assertFalse(rate.busy(), "200 rows a second");
    }

    @Test
    void manyRowsAreBusyUntilTheyGetFew() {
        rate.read(200, 100 * MILLI);
        assertTrue(rate.busy(), "2,000 rows a second");
        rate.read(60, 200 * MILLI);
        assertTrue(rate.busy(), "600 rows a second: as before");
        rate.read(20, 300 * MILLI);
        assertFalse(rate.busy(), "200 rows a second");
        rate.read(60, 400 * MILLI);
        assertFalse(rate.busy(), "600 rows a second: as before");
    }

    @Test
    void silenceIsQuiet() {
        rate.read(500, 100 * MILLI);
        rate.read(0, 210 * MILLI);
        assertFalse(rate.busy());
    }
}

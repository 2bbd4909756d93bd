package io.bactrian.names;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpellingTest {
    @Test
    void lettersPutInTakenOutAndReplacedCount() {
        assertEquals(0, Spelling.distance("orders", "orders"));
        assertEquals(1, Spelling.distance("order", "orders"));
        assertEquals(1, Spelling.distance("orders", "order"));
        assertEquals(1, Spelling.distance("orders", "ordexs"));
        assertEquals(2, Spelling.distance("orders", "odrers"));
        assertEquals(6, Spelling.distance("", "orders"));
    }

    @Test
    void caseDoesNotCount() {
        assertEquals(0, Spelling.distance("Orders", "oRDERS"));
    }

    @Test
    void aNameOfAnyLengthIsComparedByItsBeginning() {
        assertEquals(0, Spelling.distance("a".repeat(1_000_000), "a".repeat(128)));
    }
}

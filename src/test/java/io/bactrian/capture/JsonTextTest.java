package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bactrian.change.Operation;
import io.bactrian.database.CapturedRow;
import io.bactrian.journal.Entry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void blanksBetweenTokensGoAndThoseInStringsStay() {
        assertEquals("{\"id\":1,\"b c\":\" x \"}", JsonText.compact("{\"id\" : 1,\n\t\"b c\" : \" x \"} "));
        assertEquals("{\"a\":\"\\\" : \\\\\"}", JsonText.compact("{\"a\" : \"\\\" : \\\\\"}"));
        String compact = "{\"id\":1}";
        assertSame(compact, JsonText.compact(compact));
    }

    @Test
    @DisplayName("invariant 13: the key before has the key's columns in order, its values to the last digit")
    void theKeyBeforeIsTakenFromTheOldRow() {
        assertEquals(
                "{\"b\":9007199254740993,\"a\":1.50}",
                JsonText.members("{\"b\":1,\"a\":2}", "{\"a\" : 1.50, \"x\" : {\"b\" : 5}, \"b\" : 9007199254740993}"));
        assertEquals("{\"a\":\"\\u0000 é\"}", JsonText.members("{\"a\":1}", "{\"a\":\"\\u0000 é\"}"));
        assertThrows(IllegalArgumentException.class, () -> JsonText.members("{\"a\":1}", "{\"a\":"));
    }

    @Test
    @DisplayName("invariant 13: SQLite's blobs become base64, and nothing else changes")
    void blobsBecomeBase64() {
        assertEquals(
                "{\"a\":\"AP8Q\",\"b\":1.50,\"c\":\"\",\"d\":null}",
                JsonText.withoutBlobs("{\"a\":{\"$blob\":\"00FF10\"},\"b\":1.50,\"c\":{\"$blob\":\"\"},\"d\":null}"));
        String text = "{\"a\":\"{\\\"$blob\\\":\\\"00\\\"}\"}";
        assertEquals(text, JsonText.withoutBlobs(text));
        String nested = "{\"a\":{\"x\":{\"$blob\":\"00\"}},\"b\":[{\"$blob\":\"00\"}],\"c\":{\"$blob\":5}}";
        assertEquals(nested, JsonText.withoutBlobs(nested));
        String plain = "{ \"id\" : 1 }";
        assertSame(plain, JsonText.withoutBlobs(plain));
    }

    @Test
    void theSameRowAlwaysMakesAnEqualEntry() {
        CapturedRow row = new CapturedRow(
                5, "77", "item", "k", "{\"id\" : 2}", "{\"id\" : 1}", "{\"id\" : 2}", "crm,shop", Instant.EPOCH);
        Entry entry = new Entries().of(row);
        assertEquals(
                new Entry(
                        5,
                        "item",
                        Operation.UPDATE,
                        "{\"id\":2}",
                        "{\"id\":1}",
                        "{\"id\" : 1}",
                        "{\"id\" : 2}",
                        "77",
                        List.of("crm", "shop"),
                        Instant.EPOCH),
                entry);
        assertEquals(entry, new Entries().of(row));
    }

    @Test
    void anUnknownOperationIsRefusedWithTheRow() {
        CapturedRow row = new CapturedRow(5, "", "item", "z", "{}", null, null, null, Instant.EPOCH);
        assertThrows(IllegalArgumentException.class, () -> new Entries().of(row));
    }
}

package io.bactrian.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HttpSettingsTest {
    @Test
    void whatCanNotWorkIsRefusedNamingTheKeyAndTheValue() {
        assertRefused("bactrian.http.port=70000", () -> HttpSettings.local(70000));
        assertRefused("bactrian.http.port=-1", () -> HttpSettings.local(-1));
        assertRefused("bactrian.http.host", () -> new HttpSettings(" ", 1, 1, List.of()));
        assertRefused("at most 0 bytes", () -> new HttpSettings("127.0.0.1", 1, 0, List.of()));
        assertRefused("'shop'", () -> new HttpSettings("127.0.0.1", 1, 1, List.of("shop")));
    }

    @Test
    void anOpenPathOpensItselfOrAllBelow() {
        HttpSettings settings = new HttpSettings("127.0.0.1", 1, 1, List.of("/a", "/b/*"));
        for (String open : List.of("/a", "/b", "/b/", "/b/c/d")) {
            assertTrue(settings.isOpen(open), open);
        }
        for (String closed : List.of("/", "/a/", "/a/b", "/bc", "/B", "/c/b/")) {
            assertFalse(settings.isOpen(closed), closed);
        }
    }

    private static void assertRefused(String expected, Runnable making) {
        String message =
                assertThrows(IllegalArgumentException.class, making::run).getMessage();
        assertEquals(true, message.contains(expected), message);
    }
}

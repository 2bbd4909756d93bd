package io.bactrian.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PercentTextTest {
    @Property(tries = 300)
    void whatWasEncodedIsDecodedAndPlainInAUrl(@ForAll String text) {
        String encoded = PercentText.encode(text);
        assertTrue(encoded.matches("[A-Za-z0-9._~%-]*"), encoded);
        // Half a character has no UTF-8: it becomes a question mark.
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertEquals(whole, PercentText.decode(encoded, "It", false));
        assertEquals(whole, PercentText.decode(encoded, "It", true));
    }

    @Test
    void aPlusIsABlankInQueriesOnly() {
        assertEquals("a b+", PercentText.decode("a+b%2B", "It", true));
        assertEquals("a+b+", PercentText.decode("a+b%2B", "It", false));
    }

    @Test
    void whatIsNotUtf8OrCutOffIsRefused() {
        for (String wrong : List.of("%ff", "%c3", "%ed%a0%80", "%", "%4", "%4g", "%%41", "a%+1", "%-1")) {
            HttpProblem problem = assertThrows(HttpProblem.class, () -> PercentText.decode(wrong, "It", false), wrong);
            assertEquals(400, problem.status());
        }
    }
}

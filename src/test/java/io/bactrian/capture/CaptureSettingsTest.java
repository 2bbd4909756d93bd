package io.bactrian.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.capture.CaptureSettings.Install;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureSettingsTest {
    @Test
    void wrongSettingsNameTheKeyTheValueAndWhatIsAllowed() {
        assertTrue(message(List.of("*", "orders"), List.of()).contains("capture.tables=*,orders"));
        assertTrue(message(List.of("orders", " "), List.of()).contains("capture.tables=orders,"));
        assertTrue(message(List.of("orders"), List.of("ssn")).contains("capture.exclude-columns=ssn"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Install.ofWord("always"))
                .getMessage()
                .contains("use auto, verify or never"));
    }

    @Test
    void theTableOfAnExcludedColumnMayHaveASchema() {
        CaptureSettings settings =
                new CaptureSettings(List.of("sales.orders"), List.of("sales.orders.note"), Install.ofWord(" Auto "));
        assertEquals(List.of("note"), List.copyOf(settings.excludedByTable().get("sales.orders")));
    }

    private static String message(List<String> tables, List<String> excluded) {
        return assertThrows(IllegalArgumentException.class, () -> new CaptureSettings(tables, excluded, Install.VERIFY))
                .getMessage();
    }
}

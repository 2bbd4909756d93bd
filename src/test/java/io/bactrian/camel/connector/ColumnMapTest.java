package io.bactrian.camel.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bactrian.change.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnMapTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ColumnMap map = new ColumnMap();

    @AfterEach
    void end() {
        context.stop();
    }

    @Test
    void columnsAreTakenFromMembersAndPlaces() {
        map.setColumns("id = order.no, article=lines.0.sku, price=$.lines.0.price,");
        Row row = (Row) mapped(
                "{\"order\":{\"no\":9007199254740993},\"lines\":[{\"sku\":\"Bä\",\"price\":12.3400000000000000001}]}"
                        .getBytes(StandardCharsets.UTF_8));
        assertEquals(9007199254740993L, row.get("id"));
        assertEquals("Bä", row.get("article"));
        assertEquals(new BigDecimal("12.3400000000000000001"), row.get("price"));
    }

    @Test
    void aMemberThatIsNotThereLeavesItsColumnOutAndNullSetsIt() {
        map.setColumns("a=x,b=y.z,c=list.3");
        Row row = (Row) mapped("{\"x\":null,\"y\":5,\"list\":[1]}");
        assertTrue(row.containsKey("a"));
        assertNull(row.get("a"));
        assertFalse(row.containsKey("b"));
        assertFalse(row.containsKey("c"));
    }

    @Test
    void anArrayIsManyRowsAndWithoutAMappingTheBodyStays() {
        Map<String, Object> body = Map.of("id", 1);
        assertSame(body, mapped(body));
        map.setColumns("id=no");
        assertEquals(List.of(Map.of("id", 1L), Map.of("id", 2L)), rows(mapped("[{\"no\":1},{\"no\":2}]")));
    }

    @Test
    void whatIsNoMappingAndWhatIsNoObjectIsToldWithItsValue() {
        assertTold("Not a mapping of columns: 'id'", () -> map.setColumns("a=b, id"));
        assertTold("Not a path that a connector understands: 'a..b'", () -> map.setColumns("a=a..b"));
        assertTold("'a[*].b'", () -> map.setColumns("a=a[*].b"));
        map.setColumns("id=no");
        assertTold("this isn't one: 7", () -> mapped("7"));
        assertTold("Not JSON", () -> mapped("hello"));
        assertTold("Not JSON", () -> mapped(""));
    }

    private Object mapped(Object body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        map.process(exchange);
        return exchange.getMessage().getBody();
    }

    private static List<Map<String, Object>> rows(Object body) {
        return ((List<?>) body)
                .stream()
                        .map(row -> Map.<String, Object>of("id", ((Number) ((Row) row).get("id")).longValue()))
                        .toList();
    }

    private static void assertTold(String part, Runnable wrong) {
        String message =
                assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}

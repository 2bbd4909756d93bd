import io.bactrian.change.Row;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * An article whose stock falls below its reorder level is logged, and a purchase request is written.
 * Try it:  curl -X PATCH …/api/tables/inventory/SADDLE -d '{"quantity": 2}'   (the README shows the whole command)
 */
public class LowStock extends RouteBuilder {
    @Override
    public void configure() {
        from("changes:inventory?operations=insert,update&columns=quantity")
                .routeId("low-stock")
                .filter(this::isLow)
                .log("Low stock: ${body[article]}, ${body[quantity]} left")
                .process(this::request)
                .to("table:purchase_requests?operation=upsert")
                .log("Purchase request written: ${body[article]}, ${body[quantity]}");
    }

    private boolean isLow(Exchange exchange) {
        Row row = exchange.getMessage().getBody(Row.class);
        return number(row, "quantity") < number(row, "reorder_level");
    }

    /** Orders up to three times the reorder level. */
    private void request(Exchange exchange) {
        Row row = exchange.getMessage().getBody(Row.class);
        long missing = 3 * number(row, "reorder_level") - number(row, "quantity");
        exchange.getMessage().setBody(Map.of("article", row.get("article"), "quantity", missing));
    }

    private static long number(Row row, String column) {
        return ((Number) row.get(column)).longValue();
    }
}

package io.bactrian.camel.table;

import io.bactrian.camel.BactrianProperties;
import io.bactrian.database.DatabaseException;
import io.bactrian.table.RowChange;
import io.bactrian.table.WriteRequest;
import io.bactrian.table.WriteRequest.Claim;
import io.bactrian.table.WriteRequest.OnConflict;
import io.bactrian.table.WriteResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.DefaultProducer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message's rows; what it returns from is committed (invariant 8). A failure is the exchange's, as a {@link
 * DatabaseException} that says what to do about it.
 */
final class TableProducer extends DefaultProducer {
    private final TableEndpoint endpoint;
    private final RowRequests requests;
    private final FailedBatches batches;
    private @Nullable MessageClaims claims;

    TableProducer(TableEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.requests = new RowRequests(endpoint);
        this.batches = new FailedBatches(endpoint);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        String id = endpoint.idExpression();
        Expression expression = null;
        if (id != null) {
            expression = endpoint.getCamelContext().resolveLanguage("simple").createExpression(id);
            expression.init(endpoint.getCamelContext());
        }
        claims = new MessageClaims(expression);
    }

    @Override
    public void process(Exchange exchange) {
        MessageClaims ready = claims;
        if (ready == null) {
            throw new IllegalStateException(endpoint + " isn't started");
        }
        if (RowRequests.changes(exchange).isEmpty()) {
            write(exchange, ready);
            return;
        }
        try {
            write(exchange, ready);
        } catch (DatabaseException | IllegalArgumentException e) {
            throw batches.failure(exchange, e);
        }
    }

    private void write(Exchange exchange, MessageClaims ready) {
        List<RowChange> changes = requests.repeated(exchange);
        if (!changes.isEmpty()) {
            Optional<Claim> claim = ready.claim(exchange, target(changes.get(0).table()), true);
            left(exchange, endpoint.writer().writeChanges(changes, claim, () -> requests.of(exchange)));
            return;
        }
        List<WriteRequest> asked = new ArrayList<>(requests.of(exchange));
        if (asked.isEmpty()) {
            return;
        }
        boolean one = asked.size() == 1 && asked.get(0).rows().size() == 1 && !severalAsked(exchange);
        Optional<Claim> claim = ready.claim(
                exchange, target(asked.get(0).table()), asked.stream().allMatch(this::repeatable));
        asked.set(0, asked.get(0).once(claim));
        WriteResult result = endpoint.writer().writeTogether(asked);
        left(exchange, result);
        if (endpoint.isReturning()) {
            List<Map<String, @Nullable Object>> rows = result.rows();
            exchange.getMessage().setBody(one ? (rows.isEmpty() ? null : rows.get(0)) : rows);
        }
    }

    private static void left(Exchange exchange, WriteResult result) {
        exchange.setProperty(BactrianProperties.APPLIED, result.applied());
        exchange.setProperty(BactrianProperties.AFFECTED, result.affected());
    }

    private static boolean severalAsked(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof Collection<?>;
    }

    private String target(String table) {
        return endpoint.getDatabase() + "." + endpoint.getTable() + " " + endpoint.getOperation()
                + (endpoint.getTable().equals("*") && !table.isEmpty() ? " " + table : "");
    }

    /** Whether the same change may be written again without harm: it overwrites by key, or deletes. */
    private boolean repeatable(WriteRequest request) {
        return switch (request.action()) {
            case UPSERT -> request.onConflict() != OnConflict.FAIL;
            case DELETE -> request.versionColumn() == null;
            case TRUNCATE -> true;
            case INSERT, UPDATE -> false;
        };
    }
}

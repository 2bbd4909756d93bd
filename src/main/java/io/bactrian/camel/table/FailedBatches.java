package io.bactrian.camel.table;

import io.bactrian.change.Change;
import io.bactrian.change.Operation;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.Table;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import io.bactrian.subscription.DeliveryOutcome.Blame;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Says of a batch of changes that couldn't be written what is to blame: something in it, which the database refuses for good,
 * or the database itself, which can't be reached, is busy, forbids the write, or isn't as the source is. The former is worth
 * dividing where the route does nothing after this step, so that parts may go through it one by one. Thread-safe.
 */
final class FailedBatches {
    private final TableEndpoint endpoint;

    FailedBatches(TableEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** The failure to throw. */
    RuntimeException failure(Exchange exchange, RuntimeException failure) {
        if (!(exchange.getMessage().getBody() instanceof Collection<?>)) {
            return failure;
        }
        if (!(failure instanceof DatabaseException refusal)) {
            return isLast(exchange) ? blaming(Blame.PART, failure) : failure;
        }
        List<Change> changes = RowRequests.changes(exchange);
        return switch (refusal.kind()) {
            case CONSTRAINT, INVALID_VALUE -> isLast(exchange) ? blaming(Blame.PART, failure) : failure;
            case UNREACHABLE, CONTENDED, FORBIDDEN -> blaming(Blame.RECEIVER, failure);
            case INVALID_STATEMENT -> unlike(exchange, changes, refusal);
            case OTHER -> failure;
        };
    }

    /**
     * The target isn't what the changes take it for. What lacks our tables, or a column that the source has got, is waited
     * for: a schema is often changed here before it is there. A table that isn't there at all is none of the target's.
     */
    private RuntimeException unlike(Exchange exchange, List<Change> changes, DatabaseException refusal) {
        try {
            endpoint.writer().requireOurTables();
        } catch (DatabaseException e) {
            return blaming(Blame.RECEIVER, e);
        }
        RuntimeException told = withRemedy(changes, refusal);
        if (changes.stream().anyMatch(this::lacksColumn)) {
            return blaming(Blame.RECEIVER, told);
        }
        return isLast(exchange) ? blaming(Blame.PART, told) : told;
    }

    private boolean lacksColumn(Change change) {
        String name = endpoint.getTable().equals("*") ? change.table() : endpoint.getTable();
        Map<String, @Nullable Object> row = change.row();
        Table table = endpoint.theDatabase().catalog().find(name).orElse(null);
        return row != null
                && table != null
                && change.operation() != Operation.DELETE
                && row.keySet().stream().anyMatch(column -> table.column(column).isEmpty());
    }

    private static DeliveryException blaming(Blame blame, RuntimeException failure) {
        return new DeliveryException(
                String.valueOf(failure.getMessage()), new DeliveryOutcome.Failed(failure, blame), failure);
    }

    private DatabaseException withRemedy(List<Change> changes, DatabaseException refusal) {
        String source = changes.isEmpty() ? "NAME" : changes.get(0).database();
        return new DatabaseException(
                refusal.kind(),
                refusal.getMessage() + "; make database " + endpoint.getDatabase() + " like " + source
                        + ", or leave it out (the tables that changes: names; bactrian.databases." + source
                        + ".capture.exclude-columns)",
                refusal.getCause() instanceof java.sql.SQLException cause ? cause : null);
    }

    /** Whether nothing of the route that took the changes in comes after the step that failed. */
    private static boolean isLast(Exchange exchange) {
        String node = exchange.getExchangeExtension().getHistoryNodeId();
        String route = exchange.getFromRouteId();
        RouteDefinition definition = node == null || route == null
                ? null
                : ((ModelCamelContext) exchange.getContext()).getRouteDefinition(route);
        return node != null && definition != null && endsIn(definition.getOutputs(), node);
    }

    private static boolean endsIn(List<ProcessorDefinition<?>> steps, String node) {
        if (steps.isEmpty()) {
            return false;
        }
        ProcessorDefinition<?> last = steps.get(steps.size() - 1);
        if (last instanceof MulticastDefinition) {
            return false;
        }
        if (last instanceof ChoiceDefinition choice) {
            return choice.getWhenClauses().stream().anyMatch(branch -> endsIn(branch.getOutputs(), node))
                    || choice.getOtherwise() != null
                            && endsIn(choice.getOtherwise().getOutputs(), node);
        }
        return node.equals(last.getId()) || endsIn(last.getOutputs(), node);
    }
}

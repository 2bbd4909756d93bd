package io.bactrian.camel.table;

import io.bactrian.change.Change;
import io.bactrian.database.DatabaseException;
import io.bactrian.database.DatabaseException.Kind;
import io.bactrian.subscription.DeliveryException;
import io.bactrian.subscription.DeliveryOutcome;
import java.util.Collection;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;

/**
 * Says of a batch of changes that couldn't be written whether it is worth dividing: the database refused something in it
 * for good, and the route does nothing after this step, so that its parts may go through it one by one. A database that
 * can't be reached, is busy, forbids the write or lacks our tables would refuse each part as well. Thread-safe.
 */
final class FailedBatches {
    private final TableEndpoint endpoint;

    FailedBatches(TableEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** The failure to throw. */
    RuntimeException failure(Exchange exchange, RuntimeException failure) {
        if (!(exchange.getMessage().getBody() instanceof Collection<?>) || !isLast(exchange)) {
            return failure;
        }
        if (failure instanceof DatabaseException refusal) {
            if (!isForGood(refusal.kind())) {
                return failure;
            }
            try {
                endpoint.writer().requireOurTables();
            } catch (DatabaseException e) {
                return e;
            }
        }
        RuntimeException told = withRemedy(exchange, failure);
        return new DeliveryException(
                String.valueOf(told.getMessage()), new DeliveryOutcome.Failed(told, true), failure);
    }

    private static boolean isForGood(Kind kind) {
        return switch (kind) {
            case CONSTRAINT, INVALID_VALUE, INVALID_STATEMENT -> true;
            case UNREACHABLE, CONTENDED, FORBIDDEN, OTHER -> false;
        };
    }

    private RuntimeException withRemedy(Exchange exchange, RuntimeException failure) {
        if (!(failure instanceof DatabaseException refusal) || refusal.kind() != Kind.INVALID_STATEMENT) {
            return failure;
        }
        List<Change> changes = RowRequests.changes(exchange);
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
            return choice.getOutputs().stream().anyMatch(branch -> endsIn(branch.getOutputs(), node));
        }
        return node.equals(last.getId()) || endsIn(last.getOutputs(), node);
    }
}

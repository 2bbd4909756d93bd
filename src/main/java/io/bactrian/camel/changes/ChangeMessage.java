package io.bactrian.camel.changes;

import io.bactrian.camel.BactrianHeaders;
import io.bactrian.camel.ChangeHeaders;
import io.bactrian.change.Change;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * A change as a message. Its headers are made when a step wants all of them or writes one; a step that looks at a
 * single one is answered from the change itself, for the map costs more than the rest of the exchange.
 */
final class ChangeMessage extends DefaultMessage implements ChangeHeaders {
    private final Change change;
    private final int attempt;

    ChangeMessage(Exchange exchange, Change change, int attempt) {
        super(exchange);
        this.change = change;
        this.attempt = attempt;
        setBody(change.row());
    }

    @Override
    public boolean untouched() {
        return !hasPopulatedHeaders();
    }

    @Override
    public @Nullable Object getHeader(String name) {
        if (!hasPopulatedHeaders()) {
            Object value = single(name);
            if (value != null) {
                return value;
            }
        }
        return super.getHeader(name);
    }

    @Override
    public <T> @Nullable T getHeader(String name, Class<T> type) {
        if (!hasPopulatedHeaders()) {
            Object value = single(name);
            if (type.isInstance(value)) {
                return type.cast(value);
            }
        }
        return super.getHeader(name, type);
    }

    /** Else Camel takes it for a message without headers until they are made, and loses them where it copies it. */
    @Override
    protected boolean isPopulateHeadersSupported() {
        return true;
    }

    @Override
    protected void populateInitialHeaders(Map<String, Object> headers) {
        headers.put(BactrianHeaders.ID, change.id().toString());
        headers.put(BactrianHeaders.DATABASE, change.database());
        headers.put(BactrianHeaders.TABLE, change.table());
        headers.put(BactrianHeaders.OPERATION, change.operation().word());
        headers.put(BactrianHeaders.KEY, change.key());
        headers.put(BactrianHeaders.POSITION, change.position());
        headers.put(BactrianHeaders.TRANSACTION, change.transaction());
        headers.put(BactrianHeaders.ORIGIN, change.origin());
        headers.put(BactrianHeaders.TIME, change.time());
        headers.put(BactrianHeaders.ATTEMPT, attempt);
        putIfPresent(headers, BactrianHeaders.KEY_BEFORE, change.keyBefore());
        putIfPresent(headers, BactrianHeaders.BEFORE, change.before());
    }

    /** Immutable values only: a map must be the same one at each look, for a step may write to it. */
    private @Nullable Object single(String name) {
        return switch (name) {
            case BactrianHeaders.ID -> change.id().toString();
            case BactrianHeaders.DATABASE -> change.database();
            case BactrianHeaders.TABLE -> change.table();
            case BactrianHeaders.OPERATION -> change.operation().word();
            case BactrianHeaders.POSITION -> change.position();
            case BactrianHeaders.TRANSACTION -> change.transaction();
            case BactrianHeaders.ORIGIN -> change.origin();
            case BactrianHeaders.TIME -> change.time();
            case BactrianHeaders.ATTEMPT -> attempt;
            default -> null;
        };
    }

    private static void putIfPresent(Map<String, Object> headers, String name, @Nullable Object value) {
        if (value != null) {
            headers.put(name, value);
        }
    }
}

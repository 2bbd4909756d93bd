package io.bactrian.camel.connector;

import io.bactrian.change.Row;
import io.bactrian.change.RowJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.RuntimeCamelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A REST endpoint that is asked again and again, and what it answered last: only elements that weren't in the answer
 * before are written. It is asked with {@code If-None-Match} where its last answer had an ETag and all of it was written. A
 * refused row is tried again at the next poll and keeps no other from being written.
 *
 * <p>What was in the last answer is known until the platform or the route starts anew; then each row is written once more.
 * Trouble is logged when it begins and when it is over. Used by one thread at a time.
 */
public final class RestPoll {
    private static final Logger LOG = LoggerFactory.getLogger(RestPoll.class);
    private static final String DIGEST = "bactrianRestPollDigest";

    private final ColumnMap columns = new ColumnMap();
    private String url = "";
    private JsonPath items = JsonPath.of("$");
    private String authorization = "";

    private Set<String> before = Set.of();
    private final Set<String> now = new HashSet<>();
    private @Nullable String newTag;
    private @Nullable String tag;
    private int refused;
    private @Nullable String refusal;
    private @Nullable String trouble;

    /** An element of an answer: its row, and what it is known again by. */
    public record Element(Row row, String digest) {}

    /** Makes the message a request. */
    public void ask(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(null);
        message.setHeader(Exchange.HTTP_METHOD, "GET");
        message.setHeader(Exchange.HTTP_URI, url);
        message.setHeader("Accept", "application/json");
        if (!authorization.isBlank()) {
            message.setHeader("Authorization", authorization);
        }
        if (tag != null) {
            message.setHeader("If-None-Match", tag);
        }
        now.clear();
        refused = 0;
        refusal = null;
        newTag = null;
    }

    /**
     * The elements that are new since the last answer.
     *
     * @throws IllegalArgumentException where the answer isn't JSON, or holds nothing at the path
     */
    public List<Element> elements(Exchange exchange) {
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        if (status == 304) {
            now.addAll(before);
            newTag = tag;
            return List.of();
        }
        newTag = message.getHeader("ETag", String.class);
        Object answer = RowJson.readValue(ColumnMap.text(exchange));
        Object found = items.in(answer)
                .orElseThrow(() -> new IllegalArgumentException("The answer holds nothing at " + items))
                .value();
        List<Element> fresh = new ArrayList<>();
        for (Object element :
                found instanceof List<?> list ? list : List.of(Objects.requireNonNullElse(found, "null"))) {
            Row row = rowOf(element);
            if (row == null) {
                continue;
            }
            String digest = digest(row.json());
            if (before.contains(digest)) {
                now.add(digest);
            } else {
                fresh.add(new Element(row, digest));
            }
        }
        message.removeHeaders("*");
        return fresh;
    }

    /** None where the element is no object; that is a refusal like the table's. */
    private @Nullable Row rowOf(Object element) {
        try {
            return columns.row(element);
        } catch (IllegalArgumentException e) {
            refused(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Makes the message the row of the element that it holds. */
    public void row(Exchange exchange) {
        Element element = exchange.getMessage().getBody(Element.class);
        exchange.setProperty(DIGEST, element.digest());
        exchange.getMessage().setBody(element.row());
    }

    /** The row is in the table. */
    public void written(Exchange exchange) {
        now.add(exchange.getProperty(DIGEST, String.class));
    }

    /** The row isn't: the next poll tries it again. */
    public void refused(Exchange exchange) {
        refused(reason(exchange));
    }

    private void refused(String reason) {
        refused++;
        if (refusal == null) {
            refusal = reason;
        }
    }

    /** All elements were tried. */
    public void polled(Exchange exchange) {
        before = Set.copyOf(now);
        tag = refused == 0 ? newTag : null;
        String left =
                refused == 0 ? null : refused + (refused == 1 ? " row isn't" : " rows aren't") + " written: " + refusal;
        tell(exchange, left);
    }

    /** The endpoint didn't answer, or not with what was expected. */
    public void failed(Exchange exchange) {
        tell(exchange, reason(exchange));
    }

    private void tell(Exchange exchange, @Nullable String found) {
        if (trouble == null && found != null) {
            LOG.warn("Route {}: {}; tried again at each poll", exchange.getFromRouteId(), found);
        } else if (trouble != null && found == null) {
            LOG.info("Route {}: the poll works again", exchange.getFromRouteId());
        }
        trouble = found;
    }

    private static String reason(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        while (cause instanceof RuntimeCamelException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null
                ? "unknown"
                : cause.getClass().getSimpleName() + ": "
                        + String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    }

    private static String digest(String json) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException where it is no http or https URL */
    public void setUrl(String url) {
        this.url = checked(url);
    }

    static String checked(String url) {
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            throw new IllegalArgumentException("Not an http or https URL: " + url);
        }
        return url;
    }

    /** Where in the answer the elements are; an object there is one element. */
    public void setItems(String path) {
        items = JsonPath.of(path);
    }

    /** Which column comes from where in an element, as {@link ColumnMap} takes it. */
    public void setColumns(String mapping) {
        columns.setColumns(mapping);
    }

    /** The header of that name; empty for none. */
    public void setAuthorization(String authorization) {
        this.authorization = authorization;
    }
}

package io.bactrian.camel.hook;

import io.bactrian.camel.format.ChangeFormat;
import io.bactrian.hook.HookTarget;
import io.bactrian.hook.WebhookSecret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/** Receive webhooks that are verified, and send webhooks that are signed. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "hook",
        title = "Bactrian Hook",
        syntax = "hook:target",
        category = {Category.HTTP},
        lenientProperties = true,
        headersClass = io.bactrian.camel.BactrianHeaders.class)
public final class HookEndpoint extends DefaultEndpoint {
    @UriPath(description = "In from: the hook's name, served at POST /hooks/NAME. In to: the URL to send to.")
    @Metadata(required = true)
    private String target = "";

    @UriParam(
            description = "Sent hooks: whsec_ and base64; without one they are unsigned. Received hooks: the same for"
                    + " verify=standard, any text for github and hmac. Several whsec_ secrets, separated by commas,"
                    + " while one replaces another.",
            label = "security",
            secret = true)
    private @Nullable String secret;

    @UriParam
    private InboundOptions inbound = new InboundOptions();

    @UriParam(
            description = "What is sent of a change: a CloudEvent (in one piece, or binary with ce- headers), the"
                    + " payload that Standard Webhooks recommend, the row alone, Debezium's envelope, or the body as it"
                    + " is.",
            label = "producer",
            enums = "cloudevents,cloudevents-binary,standard,row,debezium,body",
            defaultValue = "cloudevents")
    private String format = "cloudevents";

    @UriParam(
            description = "For one delivery, the answer included.",
            label = "producer",
            defaultValue = "20s",
            javaType = "java.time.Duration")
    private long timeout = 20_000;

    @UriParam(
            description = "Headers to send, such as header.Authorization=Bearer abc.",
            label = "producer",
            prefix = "header.",
            multiValue = true)
    private Map<String, Object> headers = Map.of();

    private @Nullable HookTarget hookTarget;

    HookEndpoint(String uri, HookComponent component) {
        super(uri, component);
    }

    /** Whether the target is a URL to send to rather than a name to serve. */
    boolean isOutbound() {
        return target.startsWith("http:") || target.startsWith("https:");
    }

    /**
     * @throws IllegalArgumentException naming what is wrong with an outbound hook
     */
    void checkOutbound() {
        ChangeFormat.ofWord(format);
        Map<String, String> texts = new LinkedHashMap<>();
        headers.forEach((name, value) -> texts.put(name, String.valueOf(value)));
        List<WebhookSecret> secrets = secret == null ? List.of() : WebhookSecret.parseAll(secret);
        hookTarget = new HookTarget(target, secrets, texts, Duration.ofMillis(timeout));
    }

    /**
     * @throws IllegalArgumentException naming what is wrong with an inbound hook
     */
    void checkInbound() {
        if (!target.matches("[A-Za-z0-9][A-Za-z0-9_-]*")) {
            throw new IllegalArgumentException("hook:" + target + ": receive with the hook's name (letters, digits,"
                    + " - and _), as in hook:orders, or send to an http or https URL");
        }
        inbound.check(target, secret);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (isOutbound()) {
            throw new IllegalArgumentException("A hook with a URL is sent to, not received: from needs a name, as in"
                    + " hook:orders, which is then served at POST /hooks/orders");
        }
        HookConsumer consumer = new HookConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        HookTarget made = hookTarget;
        if (made == null) {
            throw new IllegalArgumentException("hook:" + target + " is the name of an inbound hook, and can only be"
                    + " received (from); to send one, give the URL: hook:https://…");
        }
        return new HookProducer(this, made, ChangeFormat.ofWord(format));
    }

    @Override
    public boolean isLenientProperties() {
        return isOutbound();
    }

    /** Where to, without the query and the options: both may hold secrets. */
    @Override
    public String toString() {
        HookTarget made = hookTarget;
        return "hook:" + (made == null ? target : made.toString());
    }

    public String getTarget() {
        return target;
    }

    public void setTarget(String target) {
        this.target = target;
    }

    public @Nullable String getSecret() {
        return secret;
    }

    public void setSecret(@Nullable String secret) {
        this.secret = secret;
    }

    public InboundOptions getInbound() {
        return inbound;
    }

    public void setInbound(InboundOptions inbound) {
        this.inbound = inbound;
    }

    public String getFormat() {
        return format;
    }

    public void setFormat(String format) {
        this.format = format;
    }

    public long getTimeout() {
        return timeout;
    }

    public void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    public Map<String, Object> getHeaders() {
        return headers;
    }

    public void setHeaders(Map<String, Object> headers) {
        this.headers = headers;
    }
}

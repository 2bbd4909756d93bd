package io.bactrian.camel.hook;

import io.bactrian.hook.HmacScheme;
import io.bactrian.hook.HmacVerifier;
import io.bactrian.hook.NoSignature;
import io.bactrian.hook.SignatureVerifier;
import io.bactrian.hook.StandardWebhooks;
import io.bactrian.hook.WebhookSecret;
import java.time.Clock;
import java.util.Set;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/** The options of an inbound hook. */
@UriParams
public final class InboundOptions {
    private static final Set<String> LATER = Set.of("stripe", "slack", "shopify", "twilio");
    private static final int LARGEST = 64 * 1024 * 1024;

    @UriParam(
            description = "How a call proves who sent it. none takes calls that show an API key instead.",
            label = "consumer,security",
            enums = "standard,github,stripe,slack,shopify,twilio,hmac,none",
            defaultValue = "standard")
    private String verify = "standard";

    @UriParam(description = "For verify=hmac: the header with the signature.", label = "consumer,security")
    private @Nullable String header;

    @UriParam(description = "For verify=hmac: what stands before the signature.", label = "consumer,security")
    private String prefix = "";

    @UriParam(
            description = "For verify=hmac: the hash.",
            label = "consumer,security",
            enums = "sha1,sha256,sha512",
            defaultValue = "sha256")
    private String algorithm = "sha256";

    @UriParam(
            description = "For verify=hmac: how the signature is written.",
            label = "consumer,security",
            enums = "hex,base64",
            defaultValue = "hex")
    private String encoding = "hex";

    @UriParam(
            description = "When the call is answered: done, once its route is done.",
            label = "consumer",
            enums = "done,accepted",
            defaultValue = "done")
    private String respond = "done";

    @UriParam(
            description = "The largest body that is taken; a larger one is answered 413.",
            label = "consumer",
            defaultValue = "1MiB")
    private String maxSize = "1MiB";

    @UriParam(
            description = "The party that sends: what the route writes is not told to it as a change.",
            label = "consumer")
    private @Nullable String origin;

    /**
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    void check(String hook, @Nullable String secret) {
        if ("accepted".equals(respond)) {
            throw later("respond=accepted");
        }
        if (!"done".equals(respond)) {
            throw new IllegalArgumentException("respond=" + respond + " is not one of done, accepted");
        }
        if (origin != null && (origin.isBlank() || origin.indexOf(',') >= 0)) {
            throw new IllegalArgumentException("origin=" + origin + ": a party's name is not empty and holds no comma");
        }
        maxBytes();
        verifier(hook, secret, Clock.systemUTC());
    }

    boolean needsKey() {
        return "none".equals(verify);
    }

    SignatureVerifier verifier(String hook, @Nullable String secret, Clock clock) {
        if (LATER.contains(verify)) {
            throw later("verify=" + verify);
        }
        if (needsKey()) {
            if (secret != null) {
                throw new IllegalArgumentException("hook:" + hook + " has a secret and verify=none, which verifies"
                        + " nothing: leave one of them out");
            }
            return new NoSignature();
        }
        if (secret == null || secret.isBlank()) {
            throw new IllegalArgumentException("hook:" + hook + " needs a secret (secret={{env:NAME}}), or verify=none,"
                    + " which takes calls that show an API key");
        }
        return switch (verify) {
            case "standard" -> StandardWebhooks.verifier(WebhookSecret.parseAll(secret), clock);
            case "github" -> new HmacVerifier(HmacScheme.GITHUB, secret);
            case "hmac" ->
                new HmacVerifier(
                        new HmacScheme(
                                header == null ? "" : header, prefix, algorithm, HmacScheme.encoding(encoding), null),
                        secret);
            default ->
                throw new IllegalArgumentException("verify=" + verify + " is not one of standard, github, hmac, none");
        };
    }

    int maxBytes() {
        String text = maxSize.trim();
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        long unit = switch (text.substring(digits).trim()) {
            case "", "B" -> 1;
            case "KiB" -> 1024;
            case "MiB" -> 1024 * 1024;
            default -> 0;
        };
        if (digits == 0 || digits > 9 || unit == 0) {
            throw new IllegalArgumentException("maxSize=" + maxSize + " is not a size such as 512KiB or 1MiB");
        }
        long bytes = Long.parseLong(text.substring(0, digits)) * unit;
        if (bytes < 1 || bytes > LARGEST) {
            throw new IllegalArgumentException("maxSize=" + maxSize + " is not between 1B and 64MiB");
        }
        return (int) bytes;
    }

    private static IllegalArgumentException later(String option) {
        return new IllegalArgumentException(option + " belongs to a later version of Bactrian; this one has"
                + " verify=standard|github|hmac|none and respond=done");
    }

    public String getVerify() {
        return verify;
    }

    public void setVerify(String verify) {
        this.verify = verify;
    }

    public @Nullable String getHeader() {
        return header;
    }

    public void setHeader(@Nullable String header) {
        this.header = header;
    }

    public String getPrefix() {
        return prefix;
    }

    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    public String getAlgorithm() {
        return algorithm;
    }

    public void setAlgorithm(String algorithm) {
        this.algorithm = algorithm;
    }

    public String getEncoding() {
        return encoding;
    }

    public void setEncoding(String encoding) {
        this.encoding = encoding;
    }

    public String getRespond() {
        return respond;
    }

    public void setRespond(String respond) {
        this.respond = respond;
    }

    public String getMaxSize() {
        return maxSize;
    }

    public void setMaxSize(String maxSize) {
        this.maxSize = maxSize;
    }

    public @Nullable String getOrigin() {
        return origin;
    }

    public void setOrigin(@Nullable String origin) {
        this.origin = origin;
    }
}

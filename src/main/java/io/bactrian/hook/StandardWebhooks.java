package io.bactrian.hook;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Standard Webhooks 1.0.0, symmetric signatures ({@code v1}): HMAC-SHA256 over {@code id.timestamp.body}, the raw
 * bytes. Thread-safe.
 */
public final class StandardWebhooks {
    public static final String ID = "webhook-id";
    public static final String TIMESTAMP = "webhook-timestamp";
    public static final String SIGNATURE = "webhook-signature";

    /** How far the sender's clock may be off ours, either way. */
    public static final Duration TOLERANCE = Duration.ofSeconds(300);

    private static final String VERSION = "v1,";

    private StandardWebhooks() {}

    /**
     * The value of {@code webhook-signature}: one signature for each secret, so that a receiver that knows the old or
     * the new one accepts it.
     *
     * @param id holds no dot, for a dot ends it in what is signed
     * @param timestamp Unix seconds of this attempt
     */
    public static String sign(String id, long timestamp, byte[] body, List<WebhookSecret> secrets) {
        byte[] head = head(id, Long.toString(timestamp));
        if (secrets.size() == 1) {
            return signature(secrets.get(0), head, body);
        }
        StringBuilder signatures = new StringBuilder();
        for (WebhookSecret secret : secrets) {
            signatures.append(signatures.length() == 0 ? "" : " ").append(signature(secret, head, body));
        }
        return signatures.toString();
    }

    /**
     * A verifier that accepts what any of the secrets signed within {@link #TOLERANCE} of the clock. It understands the
     * {@code svix-} names of the headers too.
     */
    public static SignatureVerifier verifier(List<WebhookSecret> secrets, Clock clock) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("Standard Webhooks need a secret");
        }
        return new Verifier(List.copyOf(secrets), clock);
    }

    private static String signature(WebhookSecret secret, byte[] head, byte[] body) {
        return VERSION + Base64.getEncoder().encodeToString(secret.hmac(head, body));
    }

    private static byte[] head(String id, String timestamp) {
        if (id.indexOf('.') >= 0) {
            throw new IllegalArgumentException("A webhook-id holds no dot: '" + id + "'");
        }
        return WebhookSecret.utf8(id + '.' + timestamp + '.');
    }

    private record Verifier(List<WebhookSecret> secrets, Clock clock) implements SignatureVerifier {
        @Override
        public Verdict verify(Map<String, List<String>> headers, byte[] body) {
            String family = headers.containsKey(ID) ? "webhook-" : "svix-";
            String id = Headers.first(headers, family + "id");
            String timestamp = Headers.first(headers, family + "timestamp");
            String signatures = Headers.first(headers, family + "signature");
            if (id == null || timestamp == null || signatures == null) {
                return new Verdict.Refused("it lacks webhook-id, webhook-timestamp or webhook-signature");
            }
            String fault = fault(id, timestamp);
            if (fault != null) {
                return new Verdict.Refused(fault);
            }
            return matches(signatures, head(id, timestamp), body)
                    ? new Verdict.Accepted(id)
                    : new Verdict.Refused("the signature doesn't match");
        }

        private @Nullable String fault(String id, String timestamp) {
            // With a dot in the id, one signature would stand for several splits into id, time and body.
            if (id.indexOf('.') >= 0 || !Headers.fitsMessageId(id)) {
                return "its webhook-id is empty, holds a dot or is longer than 255 characters";
            }
            long sent;
            try {
                sent = Long.parseLong(timestamp);
            } catch (NumberFormatException e) {
                return "its webhook-timestamp is not a number of seconds";
            }
            long now = clock.instant().getEpochSecond();
            if (sent < now - TOLERANCE.toSeconds()) {
                return "its webhook-timestamp is too old (more than 300 s behind this machine's clock)";
            }
            if (sent > now + TOLERANCE.toSeconds()) {
                return "its webhook-timestamp is too new (more than 300 s ahead of this machine's clock)";
            }
            return null;
        }

        private boolean matches(String signatures, byte[] head, byte[] body) {
            boolean matched = false;
            byte[][] expected = new byte[secrets.size()][];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = WebhookSecret.utf8(signature(secrets.get(i), head, body));
            }
            for (String given : signatures.split(" ", 20)) {
                for (byte[] each : expected) {
                    matched |= MessageDigest.isEqual(each, WebhookSecret.utf8(given));
                }
            }
            return matched;
        }

        @Override
        public String toString() {
            return "Standard Webhooks";
        }
    }
}
